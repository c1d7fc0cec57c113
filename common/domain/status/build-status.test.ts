import assert from 'node:assert/strict';
import { buildStatus } from './build-status.ts';
import type { CredentialStatus, Headline, StatusParts } from './status.ts';

const at = 1_000_000;

const fresh: CredentialStatus = {
  sourceId: 'a',
  name: 'cri-a',
  state: 'fresh',
  hosts: ['a.example'],
  expiresAt: at + 3600_000,
  renewsAt: at + 2400_000,
};

const failure = {
  code: 'cloud-access-denied',
  message: 'AssumeRole answered NoPermission.',
  hint: 'let the role trust the other',
  at,
  attempts: 3,
  nextAttemptAt: at + 48_000,
} as const;

function parts(changed: Partial<StatusParts> = {}): StatusParts {
  return {
    at,
    helper: { version: '1', roles: ['watcher'], startedAt: 0 },
    credentials: [fresh],
    coverage: {
      listed: true,
      namespaces: { total: 3, selected: 2, served: 2, waiting: 0, leftAlone: 0 },
      accounts: { selected: 4, attached: 4 },
      rows: [],
      more: 0,
    },
    queues: [],
    api: { writesPerMinute: 0, conflictsPerMinute: 0, throttledPerMinute: 0 },
    configuration: { configMap: 'kube-system/acr-configuration', inForce: { version: 'v', registries: 1 } },
    problems: [],
    ...changed,
  };
}

function headline(changed: Partial<StatusParts> = {}): Headline {
  return buildStatus(parts(changed)).headline;
}

const waiting = {
  ...parts().coverage,
  namespaces: { total: 3, selected: 2, served: 1, waiting: 1, leftAlone: 0 },
  rows: [
    {
      name: 'shop',
      state: 'no-credential',
      reasons: ['no credential of cri-a yet'],
      accounts: { selected: 1, attached: 0 },
    },
  ],
} as const;

describe('the headline', () => {
  it('says that all can pull, and when the next renewal is', () => {
    assert.deepEqual(headline(), {
      level: 'good',
      sentence: 'All 2 namespaces can pull.',
      deadline: { what: 'next renewal', at: at + 2400_000 },
    });
  });

  it('names what is missing, why, and the remedy, where there is no credential', () => {
    assert.deepEqual(headline({ credentials: [{ ...fresh, state: 'missing', failure }] }), {
      level: 'bad',
      sentence: 'There is no credential of cri-a: AssumeRole answered NoPermission.',
      remedy: 'let the role trust the other',
    });
  });

  it('warns of a credential that cannot be renewed, with the moment at which it ends', () => {
    assert.deepEqual(headline({ credentials: [{ ...fresh, state: 'failing', failure }] }), {
      level: 'warning',
      sentence:
        'All 2 namespaces can pull, but the credential of cri-a cannot be renewed: AssumeRole answered NoPermission.',
      deadline: { what: 'first expiry', at: at + 3600_000 },
      remedy: 'let the role trust the other',
    });
  });

  it('counts those that cannot pull, and says of the first why', () => {
    assert.deepEqual(headline({ coverage: waiting }), {
      level: 'warning',
      sentence: '1 of 2 namespaces cannot pull from every registry yet (shop: no credential of cri-a yet).',
      deadline: { what: 'first expiry', at: at + 3600_000 },
      remedy: undefined,
    });
  });

  it('is bad where none can pull', () => {
    const namespaces = { ...waiting.namespaces, served: 0, waiting: 2 };
    assert.equal(headline({ coverage: { ...waiting, namespaces } }).level, 'bad');
  });

  it('is bad without a configuration, and says what is wrong with it', () => {
    const configuration = {
      configMap: 'kube-system/acr-configuration',
      latestEdit: { at, state: 'refused', problems: ['line 3 is wrong'], keepsLastGood: false },
    } as const;
    assert.deepEqual(headline({ configuration }), {
      level: 'bad',
      sentence: 'No configuration is in force: line 3 is wrong.',
      remedy: 'correct the ConfigMap kube-system/acr-configuration',
    });
  });

  it('warns of an edit that is held back, and says how to confirm it', () => {
    const latestEdit = {
      at,
      state: 'held-back',
      hash: 'abc',
      attached: 10,
      detached: 9,
      loggedOut: 0,
      keepsLastGood: true,
    } as const;
    const { level, remedy } = headline({ configuration: { ...parts().configuration, latestEdit } });
    assert.equal(level, 'warning');
    assert.match(remedy ?? '', /confirm=abc/);
  });

  it('warns of what stands in the way of the process', () => {
    assert.deepEqual(headline({ problems: ['watch pods: refused'] }), {
      level: 'warning',
      sentence: 'All 2 namespaces can pull, but not all is well: watch pods: refused.',
    });
  });

  it('claims nothing before the cluster was listed', () => {
    assert.equal(headline({ coverage: { ...parts().coverage, listed: false } }).level, 'warning');
  });
});
