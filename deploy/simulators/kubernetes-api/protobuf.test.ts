import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeProtobuf } from './protobuf.ts';
import { StatusError } from './status-errors.ts';

/** A length-delimited field: all that these messages are made of. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function envelope(kind: string, message: Buffer): Buffer {
  const type = Buffer.concat([field(1, 'v1'), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, message)]);
}

describe('decodeProtobuf', () => {
  it('reads what kubectl sends for a Secret', () => {
    const metadata = Buffer.concat([
      field(1, 'pull'),
      field(3, 'shop'),
      field(11, Buffer.concat([field(1, 'l'), field(2, 'v')])),
    ]);
    const data = Buffer.concat([field(1, 'k'), field(2, 'value')]);
    const message = Buffer.concat([field(1, metadata), field(2, data), field(3, 'Opaque')]);
    assert.deepEqual(decodeProtobuf(envelope('Secret', message)), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'pull', namespace: 'shop', labels: { l: 'v' } },
      data: { k: 'dmFsdWU=' },
      type: 'Opaque',
    });
  });

  it('refuses a kind that it does not know, naming it', () => {
    assert.throws(() => decodeProtobuf(envelope('Node', Buffer.alloc(0))), /cannot read a Node in protobuf/);
  });

  it('refuses any garbage as a bad request', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeProtobuf(Buffer.concat([Buffer.from('k8s\0'), bytes]));
        } catch (error) {
          assert.ok(error instanceof StatusError);
          assert.equal(error.code, 400);
        }
      }),
    );
  });
});
