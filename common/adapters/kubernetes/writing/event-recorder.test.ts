import assert from 'node:assert/strict';
import type { KubernetesEvent } from '../../../ports/events.ts';
import { Failure } from '../../../domain/failure.ts';
import type { ApiClient, ApiRequest } from '../requests/api-client.ts';
import { createEventRecorder } from './event-recorder.ts';

type Sent = {
  readonly metadata: { readonly name: string };
  readonly note: string;
  readonly regarding: object;
  readonly series?: object;
};

describe('createEventRecorder', () => {
  let sent: Sent[];

  beforeEach(() => {
    sent = [];
  });

  async function record(event: Partial<KubernetesEvent>): Promise<Sent | undefined> {
    await recorderOf(({ body }) => sent.push(JSON.parse(body ?? '') as Sent)).record({ ...told, ...event });
    return sent.at(-1);
  }

  it('is about the ConfigMap with that uid', async () => {
    assert.deepEqual((await record({ uid: 'uid-1' }))?.regarding, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'kube-system',
      name: 'acr-configuration',
      uid: 'uid-1',
    });
  });

  it('is about a pod when it names one, and lies beside it', async () => {
    assert.deepEqual((await record({ namespace: 'shop', pod: 'web-1', uid: 'uid-2' }))?.regarding, {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'shop',
      name: 'web-1',
      uid: 'uid-2',
    });
  });

  it('cuts a note to the bytes that the API server takes, and no character in two', async () => {
    const { note = '' } = (await record({ note: '“'.repeat(1000) })) ?? {};
    assert.ok(Buffer.byteLength(note) <= 1024);
    assert.match(note, /^“+…$/);
  });

  it('gives what several processes say of the same occasion one name', async () => {
    await record({ occasion: '42' });
    await record({ occasion: '42', at: 1_700_000_009_000 });
    assert.equal(new Set(sent.map(({ metadata }) => metadata.name)).size, 1);
  });

  it('gives the same note on another occasion another name', async () => {
    await record({ occasion: '42' });
    await record({ occasion: '43' });
    assert.equal(new Set(sent.map(({ metadata }) => metadata.name)).size, 2);
  });

  it('says how often it happened by a patch of the Event that was recorded, whose name it finds by itself', async () => {
    const requests: ApiRequest[] = [];
    const recorder = recorderOf((request) => requests.push(request));
    await recorder.record(told);
    await recorder.repeat(told, series);
    const [created, patched] = requests;
    const { metadata } = JSON.parse(created?.body ?? '') as Sent;
    assert.deepEqual(
      [patched?.verb, patched?.path, patched?.contentType],
      ['patch', `${created?.path}/${metadata.name}`, 'application/merge-patch+json'],
    );
    assert.deepEqual(JSON.parse(patched?.body ?? ''), {
      series: { count: 3, lastObservedTime: '2023-11-14T22:14:20.000000Z' },
    });
  });

  it('says it at once of an Event that is recorded anew', async () => {
    await recorderOf(({ body }) => sent.push(JSON.parse(body ?? '') as Sent)).record(told, series);
    assert.deepEqual(sent.at(-1)?.series, { count: 3, lastObservedTime: '2023-11-14T22:14:20.000000Z' });
  });

  it('tells an Event that was made from one whose name is taken', async () => {
    const refuse = (): never => {
      throw new Failure('kubernetes-conflict', 'taken');
    };
    assert.equal(await recorderOf(() => undefined).record(told), 'made');
    assert.equal(await recorderOf(refuse).record(told), 'taken');
  });
});

const told = { type: 'Normal', reason: 'Told', note: 'a note', at: 1_700_000_000_000 } as const;
const series = { count: 3, lastObservedAt: 1_700_000_060_000 };

function recorderOf(seen: (request: ApiRequest) => unknown) {
  const request = async (asked: ApiRequest): Promise<void> => void seen(asked);
  return createEventRecorder({
    client: { request } as unknown as ApiClient,
    configMap: { namespace: 'kube-system', name: 'acr-configuration' },
  });
}
