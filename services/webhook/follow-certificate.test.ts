import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateFolder } from '../../common/adapters/certificates/certificate-folder.ts';
import { issueCertificate } from '../../common/adapters/certificates/issue-certificate.ts';
import type { CertificateState } from '../../common/domain/admission/serving-certificate.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { CertificateFolder } from '../../common/ports/admission.ts';
import type { ObservedVersion, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import { followCertificate } from './follow-certificate.ts';

type Served = { readonly certificate: string; readonly expiresAt: number };

describe('followCertificate', () => {
  let folder: string;
  let served: Served[];
  let failures: string[];
  let stop: AbortController;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-certificate-'));
    served = [];
    failures = [];
    stop = new AbortController();
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function* events(count: number): AsyncGenerator<WatchEvent<ObservedVersion>> {
    for (let version = 1; version <= count; version++)
      yield { type: 'changed', items: [{ resourceVersion: String(version) }] };
  }

  function follow(from: {
    folder?: CertificateFolder;
    states?: readonly (CertificateState | Failure | undefined)[];
    versions?: number;
    keepsGoing?: boolean;
  }): Promise<void> {
    const states = [...(from.states ?? [])];
    return followCertificate({
      folder: from.folder,
      store: {
        read: () => {
          const state = states.shift();
          return state instanceof Failure ? Promise.reject(state) : Promise.resolve({ state });
        },
      },
      cluster: { watchSecretVersion: () => events(from.versions ?? states.length) },
      ownNamespace: 'kube-system',
      secretName: 'certificate',
      signal: stop.signal,
      patienceSeconds: 0,
      folderSeconds: 0,
      failed: ({ code }) => failures.push(code),
      use: (certificate) => {
        served.push(certificate);
        if (from.folder !== undefined && from.keepsGoing !== true) stop.abort();
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

  it('serves the last of several that came while the first of them was not trusted yet', async () => {
    const now = Date.now();
    const [first, second, third] = await Promise.all([
      issueCertificate(['a'], now),
      issueCertificate(['a'], now),
      issueCertificate(['a'], now),
    ]);
    await follow({ states: [{ current: first }, { current: second }, { current: third }], versions: 2 });
    assert.deepEqual(
      served.map(({ certificate }) => certificate),
      [first.certificate, third.certificate],
    );
  });

  it('goes on with what it serves while the Secret is gone, or cannot be read', async () => {
    const first = await issueCertificate(['a'], Date.now());
    const unavailable = new Failure('kubernetes-unreachable', '503');
    await follow({ states: [{ current: first }, undefined, unavailable, { current: first }], versions: 3 });
    assert.deepEqual(failures, ['kubernetes-unreachable']);
    assert.deepEqual(
      served.map(({ certificate }) => certificate),
      [first.certificate],
    );
  });

  it('goes on with the last files while those that came are of no use', async () => {
    const made = await issueCertificate(['a'], Date.now());
    const files = [{ certificate: made.certificate, key: made.key, authority: undefined }];
    await follow({
      folder: {
        read: () => {
          const next = files.shift();
          if (next !== undefined) return Promise.resolve(next);
          stop.abort();
          return Promise.reject(new Failure('webhook-certificate-invalid', 'half written'));
        },
      },
      keepsGoing: true,
    });
    assert.deepEqual(failures, ['webhook-certificate-invalid']);
    assert.equal(served.length, 1);
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

  it('says which files are missing, and no others', async () => {
    const missing = async () => {
      const error: unknown = await follow({ folder: createCertificateFolder(folder) }).catch(
        (failure: unknown) => failure,
      );
      assert.ok(error instanceof Failure && error.code === 'webhook-certificate-invalid', String(error));
      return ['tls.crt', 'tls.key', 'ca.crt'].filter((name) => error.message.includes(name));
    };
    assert.deepEqual(await missing(), ['tls.crt', 'tls.key']);
    await writeFile(join(folder, 'tls.crt'), 'anything');
    assert.deepEqual(await missing(), ['tls.key']);
  });
});
