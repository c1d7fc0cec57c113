import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';

import { ensureGo } from './go-toolchain.ts';
import { runCommand } from './run-command.ts';
import { readZip } from './zip-archive.ts';

describe('the Go toolchain', function () {
  this.timeout(600_000);

  it('is of a version that can build the control plane', async () => {
    const go = await ensureGo();
    const { stdout } = await runCommand(go.program, ['env', 'GOVERSION'], { env: go.env });
    assert.match(stdout, /^go1\.(2[6-9]|[3-9]\d)/);
  });
});

describe('zip archives', () => {
  it('give back stored and deflated files', () => {
    const archive = zipOf([
      { name: 'stored.txt', method: 0, content: 'as it is' },
      { name: 'deflated.txt', method: 8, content: 'x'.repeat(1000) },
    ]);
    assert.deepEqual(
      readZip(archive).map((entry) => [entry.name, entry.content().toString()]),
      [
        ['stored.txt', 'as it is'],
        ['deflated.txt', 'x'.repeat(1000)],
      ],
    );
  });

  it('are refused when they are something else', () => {
    assert.throws(() => readZip(Buffer.from('<html>not found</html>')), /not a zip archive/);
  });
});

function zipOf(files: readonly { readonly name: string; readonly method: number; readonly content: string }[]): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, method, content } of files) {
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    local.push(header, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, ...directory, end]);
}
