import assert from 'node:assert/strict';
import { Failure } from '../common/domain/failure.ts';
import type { Happening } from '../common/domain/happening.ts';
import type { EventRecorder, EventSeries, KubernetesEvent } from '../common/ports/events.ts';
import { manualTime, type ManualTime } from '../tests/fixtures/manual-time.ts';
import { recordEvents, type EventRecording } from './record-events.ts';

describe('recordEvents', () => {
  let time: ManualTime;
  let sent: KubernetesEvent[];
  let repeated: EventSeries[];
  let reported: Happening[];
  let events: EventRecording;

  beforeEach(() => {
    time = manualTime();
    sent = [];
    repeated = [];
    reported = [];
    start({
      record: async (event) => {
        sent.push(event);
        return 'made';
      },
      repeat: async (_event, series) => void repeated.push(series),
    });
  });

  function start(recorder: EventRecorder): void {
    const report = (happening: Happening): void => void reported.push(happening);
    events = recordEvents({ ...time, report, connect: async () => recorder });
    edit('42');
  }

  function edit(resourceVersion: string): void {
    events.note({ kind: 'configuration-seen', uid: 'uid-1', resourceVersion });
  }

  async function reasonsOf(...happenings: readonly Happening[]): Promise<readonly string[]> {
    for (const happening of happenings) events.note(happening);
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

  it('counts edits that are wrong in the same way on one Event, and one edit once', async () => {
    for (const version of ['42', '43', '43', '44', '45']) {
      edit(version);
      await reasonsOf(refused);
      await time.advance(1000);
    }
    await time.advance(2000);
    assert.deepEqual(
      [sent.length, repeated.at(0)?.count, repeated.at(-1)?.count, repeated.length <= 3],
      [1, 2, 4, true],
    );
  });

  it('counts a credential that keeps failing on one Event, once in six minutes', async () => {
    const failure = new Failure('cloud-throttled', 'slow down');
    for (let minute = 0; minute < 30; minute++) {
      await reasonsOf({ kind: 'credential-failed', source: 'team', failure, nextAttemptAt: 0 });
      await time.advance(60_000);
    }
    await events.close();
    assert.deepEqual([sent.length, repeated.length, repeated.at(-1)?.count], [1, 6, 30]);
  });

  describe('under a role that may create Events and not patch them', () => {
    beforeEach(() => {
      start({
        record: async (event) => {
          sent.push(event);
          return 'made';
        },
        repeat: async (_event, series) => {
          repeated.push(series);
          throw new Failure('kubernetes-forbidden', 'cannot patch events');
        },
      });
    });

    async function repeatForHours(): Promise<void> {
      for (let minute = 0; minute < 120; minute++) {
        edit(`${minute}`);
        events.note(refused);
        events.note({ kind: 'hosts-refused', hosts: ['example.com'] });
        await time.advance(60_000);
      }
    }

    it('says so once, and asks no more', async () => {
      await repeatForHours();
      assert.deepEqual(
        reported.map(({ kind }) => kind),
        ['events-not-counted'],
      );
      assert.ok(repeated.length <= 2, `${repeated.length} patches`);
    });

    it('goes on with one Event in ten minutes', async () => {
      await repeatForHours();
      const refusals = sent.filter(({ reason }) => reason === 'ConfigurationRefused');
      assert.equal(refusals.length, 12);
    });
  });

  it('ends within seconds when the API server does not answer', async () => {
    start({ record: () => new Promise(() => undefined), repeat: async () => undefined });
    events.note(refused);
    await time.advance(0);
    let hasEnded = false;
    void events.close().then(() => (hasEnded = true));
    await time.advance(3000);
    assert.equal(hasEnded, true);
  });
});
