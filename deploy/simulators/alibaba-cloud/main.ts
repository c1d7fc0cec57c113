import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { createDemoWorld } from './demo-world.ts';
import { startAlibabaCloudSimulator } from './start.ts';

/**
 * The simulator as a process of its own:
 *
 *     node main.js --port 8080 --listen 0.0.0.0 --token-seconds 60 --instance-domain registry:5000
 *         --registry-certificate-file /shared/registry-token.pem
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    listen: { type: 'string', default: '127.0.0.1' },
    'token-seconds': { type: 'string', default: '3600' },
    /** A host at which the demo's instance can be reached, besides its own; may be given several times. */
    'instance-domain': { type: 'string', multiple: true, default: [] },
    /** Where the registry's `rootcertbundle` is written before the port opens for good. */
    'registry-certificate-file': { type: 'string' },
  },
});

const simulator = await startAlibabaCloudSimulator({
  port: wholeNumber('port', values.port),
  listenAddress: values.listen,
  world: createDemoWorld({
    registryTokenSeconds: wholeNumber('token-seconds', values['token-seconds']),
    instanceUserDomains: values['instance-domain'],
  }),
});
const certificateFile = values['registry-certificate-file'];
if (certificateFile !== undefined) await writeFile(certificateFile, simulator.registryCertificatePem);
process.stdout.write(`The simulated Alibaba Cloud listens at ${simulator.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void simulator.stop();
  });
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}".`);
  return Number(text);
}
