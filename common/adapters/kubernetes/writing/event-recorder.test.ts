import assert from 'node:assert/strict';
import type { KubernetesEvent } from '../../../ports.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { createEventRecorder } from './event-recorder.ts';

type Sent = { readonly metadata: { readonly name: string }; readonly note: string; readonly regarding: object };

describe('createEventRecorder', () => {
  let sent: Sent[];

  beforeEach(() => {
    sent = [];
  });

  async function record(event: Partial<KubernetesEvent>): Promise<Sent | undefined> {
    const request = async ({ body }: { readonly body?: string }) => void sent.push(JSON.parse(body ?? '') as Sent);
    const recorder = createEventRecorder({
      client: { request } as unknown as ApiClient,
      configMap: { namespace: 'kube-system', name: 'acr-configuration' },
    });
    await recorder.record({ type: 'Normal', reason: 'Told', note: 'a note', at: 1_700_000_000_000, ...event });
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
});
