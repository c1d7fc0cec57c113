import assert from 'node:assert/strict';

import { runCommand } from './run-command.ts';
import { fileInTar, tarWithOneFile } from './tar-archive.ts';

describe('tar archives', () => {
  it('give back the file that was put in', () => {
    const archive = tarWithOneFile('hello.txt', Buffer.from('x'.repeat(513)));
    assert.equal(fileInTar(archive, 'hello.txt')?.toString(), 'x'.repeat(513));
  });

  it('are read by tar itself', async () => {
    const archive = tarWithOneFile('hello.txt', Buffer.from('hello'));
    assert.equal((await runCommand('tar', ['-xOf', '-'], { input: archive.toString('latin1') })).stdout, 'hello');
  });

  it('have no file of another name', () => {
    assert.equal(fileInTar(tarWithOneFile('hello.txt', Buffer.from('hello')), 'other.txt'), undefined);
  });
});
