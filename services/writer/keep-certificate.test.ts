import assert from 'node:assert/strict';
import { readCertificate } from '../../common/domain/admission/read-certificate.ts';
import type { CertificateState, ServingCertificate } from '../../common/domain/admission/serving-certificate.ts';
import { issueCertificate } from '../../common/adapters/certificates/issue-certificate.ts';
import type { Happening } from '../../common/domain/happening.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { keepCertificate } from './keep-certificate.ts';

const day = 24 * 3_600_000;

describe('keepCertificate', () => {
  let state: CertificateState | undefined;
  let time: number;
  let issued: number;
  let writes: number;
  let registered: string | undefined;
  let happenings: Happening[];

  const keep = () =>
    keepCertificate({
      certificates: {
        read: () => Promise.resolve({ state }),
        write: (next) => {
          writes++;
          state = next;
          return Promise.resolve();
        },
      },
      certificateFolder: undefined,
      issueCertificate: (hosts, now): Promise<ServingCertificate> => {
        issued++;
        const authority = `authority ${issued}\n`;
        return Promise.resolve({
          certificate: `certificate ${issued}`,
          key: new SecretText('key'),
          authority,
          issuedAt: now,
          expiresAt: now + 90 * day,
          hosts,
        });
      },
      hosts: ['webhook.kube-system.svc'],
      registeredAuthority: registered,
      clock: () => time,
      report: (happening) => happenings.push(happening),
    });

  beforeEach(() => {
    state = undefined;
    time = Date.UTC(2026, 0, 2);
    issued = 0;
    writes = 0;
    registered = undefined;
    happenings = [];
  });

  it('makes one, once', async () => {
    assert.equal((await keep()).caBundle, 'authority 1\n');
    await keep();
    assert.equal(issued, 1);
    assert.equal(writes, 1);
  });

  it('has the next one trusted before it is served, and the old one trusted afterwards', async () => {
    await keep();
    time += 61 * day;
    const staged = await keep();
    assert.equal(staged.caBundle, 'authority 1\nauthority 2\n');
    assert.equal(state?.current.certificate, 'certificate 1');
    time = staged.until;
    const switched = await keep();
    assert.equal(state?.current.certificate, 'certificate 2');
    assert.equal(switched.caBundle, 'authority 2\nauthority 1\n');
  });

  it('makes one at once after one that expired while nobody was there', async () => {
    await keep();
    time += 120 * day;
    await keep();
    assert.equal(state?.current.certificate, 'certificate 2');
  });

  it('has the authority trusted on that is registered, when the Secret was lost: replicas still serve by it', async () => {
    registered = 'authority of before\n';
    assert.equal((await keep()).caBundle, 'authority 1\nauthority of before\n');
  });

  it('tells no key', async () => {
    await keep();
    assert.doesNotMatch(JSON.stringify(happenings), /key/i);
  });
});

describe('issueCertificate', () => {
  it('makes a certificate for these names that its authority vouches for', async () => {
    const now = Date.UTC(2026, 0, 2);
    const made = await issueCertificate(['webhook.kube-system.svc', '127.0.0.1'], now);
    const read = readCertificate({ certificate: made.certificate, key: made.key.reveal(), authority: made.authority });
    assert.deepEqual(read?.hosts, ['webhook.kube-system.svc', '127.0.0.1']);
    assert.deepEqual([read?.issuedAt, read?.expiresAt], [made.issuedAt, made.expiresAt]);
    const other = await issueCertificate(['webhook.kube-system.svc'], now);
    assert.equal(readCertificate({ certificate: made.certificate, key: '', authority: other.authority }), undefined);
  });
});
