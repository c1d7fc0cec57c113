import { get } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ensureRegistry } from './ensure-registry.ts';
import { freeLoopbackPort } from './loopback-port.ts';
import { openScratch } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

export type RegistryOptions = {
  /** Address of the token endpoint that clients are sent to. */
  readonly tokenRealm: string;
  /** Audience of the tokens. */
  readonly service: string;
  /** Issuer of the tokens. */
  readonly issuer: string;
  /** Certificate whose key signs the tokens. */
  readonly rootCertificatePem: string;
};

/** A running Docker registry that serves nobody without a token. */
export type Registry = {
  /** `127.0.0.1:PORT`, as it stands in an image's name; clients speak plain HTTP to it. */
  readonly host: string;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a real Docker registry with token authentication; images live in a temporary folder.
 *
 * It ends with `stop`, or with this process, however that ends.
 */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const program = await ensureRegistry();
  const host = `127.0.0.1:${await freeLoopbackPort()}`;
  const scratch = openScratch('registry');
  try {
    const certificatePath = join(scratch.folder, 'token-signer.pem');
    const configurationPath = join(scratch.folder, 'registry.json');
    await writeFile(certificatePath, options.rootCertificatePem);
    await writeFile(configurationPath, JSON.stringify(configuration(scratch.folder, host, certificatePath, options)));
    const registry = scratch.start(program, ['serve', configurationPath], { env: withoutRegistrySettings() });
    await waitUntil(`the registry on ${host}`, 30, async () => {
      if (registry.hasEnded()) throw new Error(`the registry ended at its start:\n${registry.output()}`);
      return (await statusOf(`http://${host}/v2/`)) === 401 ? true : undefined;
    });
    return { host, stop: () => scratch.remove() };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** JSON is YAML, and the registry reads YAML. */
function configuration(folder: string, host: string, certificatePath: string, options: RegistryOptions): unknown {
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder, 'images') },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: host, secret: 'only-for-uploads-of-tests' },
    auth: {
      token: {
        realm: byName(options.tokenRealm),
        service: options.service,
        issuer: options.issuer,
        rootcertbundle: certificatePath,
      },
    },
  };
}

/** Clients refuse to be sent to a token endpoint whose host is a private address written as numbers; a name will do. */
function byName(url: string): string {
  const renamed = new URL(url);
  if (renamed.hostname === '127.0.0.1') renamed.hostname = 'localhost';
  return renamed.href;
}

/** `REGISTRY_…` variables override the file. */
function withoutRegistrySettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REGISTRY_')));
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
