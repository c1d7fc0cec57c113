import assert from 'node:assert/strict';

import { account, configuration, namespace, observation, secret, secretName } from '../../../tests/fixtures/values.ts';
import { fanOutUrgency } from './fan-out-urgency.ts';

describe('the urgency of a namespace in a fan-out', () => {
  const selecting = configuration({ namespaces: { include: ['shop'], exclude: [] } });
  const served = account({ pullSecrets: ['another', secretName] });

  for (const [name, observed, expected] of [
    ['is unserved without a Secret of ours', { accounts: [account()] }, 'unserved'],
    ['is unserved without a Secret of ours, also while it has no account', {}, 'unserved'],
    [
      'is unserved while one of its accounts lacks the reference',
      { accounts: [served, account({ name: 'web' })], secrets: [secret()] },
      'unserved',
    ],
    [
      'is unserved while the Secret of our name is somebody else’s',
      { accounts: [served], secrets: [secret({ managedBy: 'helm' })] },
      'unserved',
    ],
    ['is what was asked when everybody is served', { accounts: [served], secrets: [secret()] }, 'expiring'],
    [
      'does not depend on accounts that are left out',
      { accounts: [served, account({ name: 'web', ignored: true })], secrets: [secret()] },
      'expiring',
    ],
    [
      'is drifted when it is not selected any more and has a Secret of ours',
      { namespace: namespace({ name: 'other' }), secrets: [secret()] },
      'drifted',
    ],
    [
      'is periodic when it is not selected and has nothing of ours',
      { namespace: namespace({ name: 'other' }), accounts: [account()] },
      'periodic',
    ],
  ] as const) {
    it(name, () => assert.equal(fanOutUrgency(observation(observed), selecting, 'expiring'), expected));
  }
});
