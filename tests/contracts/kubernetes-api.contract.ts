import { ApiClient } from './kubernetes-api/api-client.ts';
import type { ApiServer } from './kubernetes-api/api-client.ts';
import { describeApplying } from './kubernetes-api/applying.ts';
import { describeKubectl } from './kubernetes-api/kubectl.ts';
import { describeNamespaces } from './kubernetes-api/namespaces.ts';
import { describePatching } from './kubernetes-api/patching.ts';
import { describeReading } from './kubernetes-api/reading.ts';
import { describeWatching } from './kubernetes-api/watching.ts';
import { describeWriting } from './kubernetes-api/writing.ts';

/**
 * The promises of a Kubernetes API server that the helper and its demo rely on, held by the simulator and by the real one.
 * Every test works in namespaces of its own, so a server may be shared.
 * @param connect starts or finds a server; called once
 */
export function defineKubernetesApiContract(name: string, connect: () => Promise<ApiServer>): void {
  describe(`Kubernetes API contract: ${name}`, () => {
    let client: ApiClient | undefined;
    const connected = (): ApiClient => {
      if (client === undefined) throw new Error('The suite has not connected yet.');
      return client;
    };

    before(async () => {
      client = new ApiClient(await connect());
    });
    after(() => client?.close());

    describeReading(connected);
    describeWriting(connected);
    describePatching(connected);
    describeApplying(connected);
    describeWatching(connected);
    describeNamespaces(connected);
    describeKubectl(connected);
  });
}
