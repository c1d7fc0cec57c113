import assert from 'node:assert/strict';

import { runExecPlugin } from './exec-plugin.ts';

describe('an exec plugin', () => {
  const credential = (status: object): string =>
    `echo '${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })}'`;

  function run(script: string, seconds = 30): ReturnType<typeof runExecPlugin> {
    return runExecPlugin({ command: 'sh', args: ['-c', script], environment: { GREETING: 'hello' }, seconds });
  }

  it('gives a token and when it expires, a certificate with its key, or both', async () => {
    const status = {
      token: 't',
      clientCertificateData: 'C',
      clientKeyData: 'K',
      expirationTimestamp: '2026-01-02T03:04:05Z',
    };
    assert.deepEqual(await run(credential(status)), {
      token: 't',
      certificate: { cert: 'C', key: 'K' },
      expiresAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
  });

  it('finds the environment of this process and what the kubeconfig adds', async () => {
    const { token } = await run(`printf '{"status":{"token":"%s %s"}}' "$GREETING" "\${PATH:+there}"`);
    assert.equal(token, 'hello there');
  });

  it('that asks for something gets no answer, and fails instead of waiting for ever', async () => {
    await assert.rejects(run('read answer || { echo no terminal here >&2; exit 1; }'), /^Error: no terminal here$/);
  });

  it('that does not end is ended, with the last that it said', async () => {
    await assert.rejects(
      run('echo open https://login.example >&2; exec sleep 600', 1),
      /^Error: it did not end within 1 s; it said: open https:\/\/login\.example$/,
    );
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['fails without a word', 'exit 3', /it ended with exit code 3/],
    ['prints nothing', 'true', /it printed no ExecCredential/],
    [
      'prints a certificate without its key',
      credential({ clientCertificateData: 'C' }),
      /it printed no ExecCredential/,
    ],
  ];
  for (const [what, script, message] of wrong) {
    it(`that ${what} says so`, async () => {
      await assert.rejects(run(script), message);
    });
  }

  it('never has its answer repeated', async () => {
    await assert.rejects(run('echo hush'), (error: Error) => !error.message.includes('hush'));
  });

  it('that is not there says so', async () => {
    const plugin = { command: 'no-such-plugin-here', args: [], environment: {}, seconds: 5 };
    await assert.rejects(runExecPlugin(plugin), /there is no such program/);
  });
});
