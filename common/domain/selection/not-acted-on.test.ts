import assert from 'node:assert/strict';
import { configuration } from '../../../tests/fixtures/values.ts';
import { notActedOn } from './not-acted-on.ts';

describe('notActedOn', () => {
  it('says nothing about a configuration that is acted on as a whole', () => {
    assert.deepEqual(notActedOn(configuration()), []);
  });

  it('names every setting that has no effect', () => {
    const admission = { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10, pods: true } as const;
    const sentences = notActedOn(configuration({ admission, repairPods: true, secretNaming: 'per-domain' }));
    assert.deepEqual(
      sentences.map((sentence) => sentence.split(': ')[1]),
      ['webhook-configuration', 'admission-pods', 'repair-pods', 'secret-naming'],
    );
  });
});
