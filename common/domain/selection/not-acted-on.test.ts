import assert from 'node:assert/strict';
import { configuration } from '../../../tests/fixtures/values.ts';
import { notActedOn } from './not-acted-on.ts';

const admission = { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10, pods: true } as const;

function keysIn(sentences: readonly string[]): readonly string[] {
  return sentences.map((sentence) => sentence.split(': ')[1] ?? '');
}

describe('notActedOn', () => {
  it('says nothing about a configuration that is acted on as a whole', () => {
    assert.deepEqual(notActedOn(configuration()), []);
    assert.deepEqual(notActedOn(configuration({ admission, repairPods: true })), []);
  });

  it('names what has no effect beside other settings', () => {
    const switchedOff = { ...admission, enabled: false };
    assert.deepEqual(keysIn(notActedOn(configuration({ admission: switchedOff }))), ['admission-pods']);
    const bySelector = configuration({ admission, accountSelector: [{ key: 'a', operator: 'exists' }] });
    assert.deepEqual(keysIn(notActedOn(bySelector)), ['admission-pods']);
    const withoutAttaching = configuration({ admission: { ...admission, pods: false }, attach: false });
    assert.deepEqual(keysIn(notActedOn(withoutAttaching)), ['webhook-configuration']);
    const withoutReferences = configuration({ repairPods: true, attach: false });
    assert.deepEqual(keysIn(notActedOn(withoutReferences)), ['repair-pods']);
  });
});
