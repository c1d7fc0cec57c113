import assert from 'node:assert/strict';
import type { Happening } from '../common/domain/happening.ts';
import type { KubernetesEvent } from '../common/ports.ts';
import { manualTime, type ManualTime } from '../tests/fixtures/manual-time.ts';
import { recordEvents } from './record-events.ts';

describe('recordEvents', () => {
  let time: ManualTime;
  let sent: KubernetesEvent[];
  let report: (happening: Happening) => void;

  beforeEach(() => {
    time = manualTime();
    sent = [];
    const record = async (event: KubernetesEvent): Promise<void> => void sent.push(event);
    report = recordEvents({ ...time, connect: async () => ({ record }) });
    report({ kind: 'configuration-seen', uid: 'uid-1', resourceVersion: '42' });
  });

  async function reasonsOf(...happenings: readonly Happening[]): Promise<readonly string[]> {
    for (const happening of happenings) report(happening);
    await time.advance(0);
    return sent.map(({ reason }) => reason);
  }

  const accepted = { kind: 'configuration-accepted', version: 'abc', registries: 1, warnings: [] } as const;
  const refused = { kind: 'configuration-refused', problems: ['first'], keepsLastGood: true } as const;

  it('tells what became of an edit, whatever it was', async () => {
    const reasons = await reasonsOf(
      { ...accepted, changed: true },
      refused,
      { kind: 'configuration-held-back', hash: 'abc', attached: 3, detached: 2, loggedOut: 0, keepsLastGood: true },
      { kind: 'configuration-missing', configMap: 'kube-system/acr-configuration', keepsLastGood: true },
    );
    assert.deepEqual(reasons, [
      'ConfigurationAccepted',
      'ConfigurationRefused',
      'ConfigurationHeldBack',
      'ConfigurationMissing',
    ]);
  });

  it('says nothing of a content that was in force already', async () => {
    assert.deepEqual(await reasonsOf({ ...accepted, changed: false }), []);
  });

  it('says of which object and which version of it', async () => {
    await reasonsOf(refused);
    assert.deepEqual(
      sent.map(({ uid, occasion }) => [uid, occasion]),
      [['uid-1', '42']],
    );
  });

  it('names as many problems as an Event holds, and how many more there are', async () => {
    const problems = Array.from({ length: 100 }, (_item, index) => `problem ${index} ${'“'.repeat(20)}`);
    await reasonsOf({ ...refused, problems });
    const note = sent[0]?.note ?? '';
    assert.ok(Buffer.byteLength(note) <= 1024, note);
    assert.match(note, /problem 0 .*… and \d+ more: see the log, or run acr-credential-helper check$/s);
  });
});
