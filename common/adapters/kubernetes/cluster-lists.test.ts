import assert from 'node:assert/strict';
import { Failure } from '../../domain/failure.ts';
import { createClusterLists } from './cluster-lists.ts';

describe('lists of the whole cluster', () => {
  it('follow the pages to the end', async () => {
    const { lists, asked } = scripted([page(['a', 'b'], 'next'), page(['c'])]);
    assert.deepEqual(await names(lists.accounts()), [['a', 'b'], ['c']]);
    assert.equal(asked[1]?.get('continue'), 'next');
  });

  it('begin anew when the snapshot of the first page is gone', async () => {
    const expired = new Failure('kubernetes-expired', 'too old');
    const { lists } = scripted([page(['a'], 'next'), expired, page(['a'], 'later'), page(['b'])]);
    assert.deepEqual(await names(lists.accounts()), [['a'], ['a'], ['b']]);
  });

  it('give up when the first page is refused', async () => {
    const { lists } = scripted([new Failure('kubernetes-forbidden', 'no')]);
    await assert.rejects(names(lists.accounts()), { code: 'kubernetes-forbidden' });
  });

  it('ask for Secrets by the field selector that rights by name let through', async () => {
    const { lists, asked } = scripted([page([])]);
    await names(lists.secretsNamed('pull'));
    assert.equal(asked[0]?.get('fieldSelector'), 'metadata.name=pull');
  });

  it('ask for what is ours by its label', async () => {
    const { lists, asked } = scripted([page([])]);
    await names(lists.secretsLabelled());
    assert.equal(asked[0]?.get('labelSelector'), 'app.kubernetes.io/managed-by=acr-credential-helper');
  });
});

function scripted(answers: readonly unknown[]) {
  const left = [...answers];
  const asked: URLSearchParams[] = [];
  const lists = createClusterLists({
    request: async ({ path }) => {
      asked.push(new URLSearchParams(path.split('?')[1]));
      const answer = left.shift();
      if (answer instanceof Failure) throw answer;
      return answer;
    },
  });
  return { lists, asked };
}

function page(items: readonly string[], next?: string): unknown {
  return {
    metadata: { resourceVersion: '9', ...(next === undefined ? {} : { continue: next }) },
    items: items.map((name) => ({ metadata: { namespace: 'shop', name, uid: name, resourceVersion: '1' } })),
  };
}

async function names(pages: AsyncIterable<readonly { readonly name: string }[]>): Promise<readonly string[][]> {
  const all: string[][] = [];
  for await (const items of pages) all.push(items.map(({ name }) => name));
  return all;
}
