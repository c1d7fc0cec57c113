import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';

import { certificateBase64, selfSignedCertificate } from './self-signed-certificate.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('self-signed certificate', () => {
  const pem = selfSignedCertificate(privateKey, 'A test’s registry', Date.UTC(2026, 0, 2, 3, 4, 5));
  const certificate = new X509Certificate(pem);

  it('is signed by the key that it holds', () => {
    assert.equal(certificate.verify(createPublicKey(privateKey)), true);
    assert.equal(certificate.checkPrivateKey(privateKey), true);
  });

  it('is issued by its own subject, which may issue', () => {
    assert.deepEqual(
      [certificate.subject, certificate.issuer, certificate.ca],
      ['CN=A test’s registry', 'CN=A test’s registry', true],
    );
  });

  it('is valid for ten years from the second it is told', () => {
    assert.deepEqual(
      [certificate.validFrom, certificate.validTo],
      ['Jan  2 03:04:05 2026 GMT', 'Dec 31 03:04:05 2035 GMT'],
    );
  });

  it('can be read when it ends after 2049, where the way to write a time changes', () => {
    const late = new X509Certificate(selfSignedCertificate(privateKey, 'late', Date.UTC(2045, 0, 1)));
    assert.equal(late.validTo, 'Dec 30 00:00:00 2054 GMT');
  });

  it('has a common name of any length', () => {
    const name = 'x'.repeat(300);
    assert.equal(new X509Certificate(selfSignedCertificate(privateKey, name, 0)).subject, `CN=${name}`);
  });

  it('goes into x5c as the bare base64 of its DER', () => {
    assert.equal(certificateBase64(pem), certificate.raw.toString('base64'));
  });
});
