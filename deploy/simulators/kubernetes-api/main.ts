import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { loadManifests } from './load-manifests.ts';
import { startKubernetesApiSimulator } from './start.ts';

/**
 * The embedded API server as a process of its own; it serves plain HTTP and lets everybody do everything:
 *
 *     node main.js --port 6443 --listen 0.0.0.0 --load cluster.yaml
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    listen: { type: 'string', default: '127.0.0.1' },
    /** A file of manifests that the cluster starts with; may be given several times. */
    load: { type: 'string', multiple: true, default: [] },
  },
});

if (!/^\d{1,5}$/.test(values.port)) throw new Error(`--port must be a whole number, not "${values.port}".`);
const simulator = await startKubernetesApiSimulator({ port: Number(values.port), host: values.listen });
for (const file of values.load) await loadManifests(`http://127.0.0.1:${simulator.port}`, await readFile(file, 'utf8'));
process.stdout.write(`The embedded API server listens at ${simulator.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void simulator.stop();
  });
}
