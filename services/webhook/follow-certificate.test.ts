import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateFolder } from '../../common/adapters/certificates/certificate-folder.ts';
import { issueCertificate } from '../../common/adapters/certificates/issue-certificate.ts';
import type { CertificateState } from '../../common/domain/admission/serving-certificate.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { CertificateFolder, ObservedVersion, WatchEvent } from '../../common/ports.ts';
import { followCertificate } from './follow-certificate.ts';

type Served = { readonly certificate: string; readonly expiresAt: number };

describe('followCertificate', () => {
  let folder: string;
  let served: Served[];
  let stop: AbortController;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-certificate-'));
    served = [];
    stop = new AbortController();
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function* events(count: number): AsyncGenerator<WatchEvent<ObservedVersion>> {
    for (let version = 1; version <= count; version++)
      yield { type: 'changed', items: [{ resourceVersion: String(version) }] };
  }

  function follow(from: {
    folder?: CertificateFolder;
    states?: readonly (CertificateState | undefined)[];
  }): Promise<void> {
    const states = [...(from.states ?? [])];
    return followCertificate({
      folder: from.folder,
      store: { read: () => Promise.resolve({ state: states.shift() }) },
      cluster: { watchSecretVersion: () => events(states.length) },
      ownNamespace: 'kube-system',
      secretName: 'certificate',
      signal: stop.signal,
      use: (certificate) => {
        served.push(certificate);
        if (from.folder !== undefined) stop.abort();
        return Promise.resolve();
      },
    });
  }

  it('serves each version of the Secret, once there is one that can be read', async () => {
    const [first, second] = await Promise.all([issueCertificate(['a'], 0), issueCertificate(['a'], 0)]);
    await follow({ states: [undefined, { current: first }, { current: second }] });
    assert.deepEqual(
      served.map(({ certificate }) => certificate),
      [first.certificate, second.certificate],
    );
  });

  it('serves the files of a folder', async () => {
    const made = await issueCertificate(['a'], Date.UTC(2026, 0, 2));
    await writeFile(join(folder, 'tls.crt'), made.certificate);
    await writeFile(join(folder, 'tls.key'), made.key.reveal());
    await follow({ folder: createCertificateFolder(folder) });
    assert.deepEqual(
      served.map(({ certificate, expiresAt }) => [certificate, expiresAt]),
      [[made.certificate, made.expiresAt]],
    );
    assert.equal((await createCertificateFolder(folder).read()).authority, undefined);
  });

  it('says which file is missing', async () => {
    await assert.rejects(
      follow({ folder: createCertificateFolder(folder) }),
      (error) =>
        error instanceof Failure && error.code === 'webhook-certificate-invalid' && error.message.includes('tls.crt'),
    );
  });
});
