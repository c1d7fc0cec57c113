import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { rootCertificates } from 'node:tls';

/**
 * The bytes behind an https address, at most 512 MB.
 *
 * @param wayOut what a person can do when it cannot be fetched; ends the error message.
 */
export function download(url: string, wayOut: string, redirects = 5): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void =>
      reject(new Error(`cannot fetch ${withoutPassword(url)}: ${reason}; ${wayOut}`));
    const request = get(url, { ca: trustedAuthorities(), timeout: 60_000 }, (response) => {
      const status = response.statusCode ?? 0;
      const location = response.headers.location;
      if (status >= 300 && status < 400 && location !== undefined && redirects > 0) {
        response.resume();
        resolve(download(new URL(location, url).href, wayOut, redirects - 1));
        return;
      }
      if (status !== 200) {
        response.resume();
        fail(`HTTP ${status}`);
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maximumDownloadBytes) response.destroy(new Error(`more than ${maximumDownloadBytes} bytes`));
        chunks.push(chunk);
      });
      response.on('end', () => resolve(Buffer.concat(chunks)));
      response.on('error', (error) => fail(error.message));
    });
    request.on('timeout', () => request.destroy(new Error('no answer for 60 s')));
    request.on('error', (error) => fail(error.message));
  });
}

/** The address as it may be shown. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

const maximumDownloadBytes = 512 * 1024 * 1024;

/** Node trusts only its own list of authorities; behind a company's proxy the system's list is the one that counts. */
function trustedAuthorities(): string[] {
  const bundles = [
    process.env['SSL_CERT_FILE'],
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
  ];
  const bundle = bundles.find((path) => path !== undefined && existsSync(path));
  return bundle === undefined ? [...rootCertificates] : [...rootCertificates, readFileSync(bundle, 'utf8')];
}
