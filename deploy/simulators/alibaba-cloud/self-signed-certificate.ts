import { createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';

/**
 * A self-signed X.509 certificate (RFC 5280, version 3) for a P-256 key, as PEM. Valid from `notBefore` (ms since the epoch) for
 * ten years. Written out by hand because Node reads certificates but does not make them.
 */
export function selfSignedCertificate(privateKey: KeyObject, commonName: string, notBefore: number): string {
  const name = sequence(set(sequence(objectId('550403'), utf8String(commonName))));
  const validity = sequence(certificateTime(notBefore), certificateTime(notBefore + tenYearsMilliseconds));
  const signatureAlgorithm = sequence(objectId('2a8648ce3d040302'));
  const toBeSigned = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    // The first byte is kept below 0x80 and above 0: a positive number in its shortest form.
    integer(Buffer.concat([Buffer.from([0x4a]), randomBytes(15)])),
    signatureAlgorithm,
    name,
    validity,
    name,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(basicConstraints(), keyUsage())),
  );
  const certificate = sequence(toBeSigned, signatureAlgorithm, bitString(sign('sha256', toBeSigned, privateKey)));
  return pem(certificate);
}

/** The base64 of a PEM certificate's DER, as `x5c` of a JSON Web Token wants it. */
export function certificateBase64(certificatePem: string): string {
  return certificatePem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}

const tenYearsMilliseconds = 10 * 365 * 24 * 3600 * 1000;

function basicConstraints(): Buffer {
  return extension('551d13', sequence(element(0x01, Buffer.from([0xff]))));
}

/** digitalSignature and keyCertSign: bits 0 and 5, two unused bits. */
function keyUsage(): Buffer {
  return extension('551d0f', element(0x03, Buffer.from([2, 0x84])));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), element(0x01, Buffer.from([0xff])), element(0x04, value));
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthBytes(content.length), content]);
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function set(...parts: readonly Buffer[]): Buffer {
  return element(0x31, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

/** `hex` is the encoded object identifier, e.g. `550403` for 2.5.4.3 (common name). */
function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

function bitString(bytes: Buffer): Buffer {
  return element(0x03, Buffer.from([0]), bytes);
}

/** UTCTime up to 2049, GeneralizedTime after: RFC 5280 demands both. */
function certificateTime(milliseconds: number): Buffer {
  const digits = `${new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d{3}Z/g, '')}Z`;
  return digits < '2050' ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
