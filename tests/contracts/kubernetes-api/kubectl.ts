import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ApiClient } from './api-client.ts';

/** What kubectl's everyday commands promise. */
export function describeKubectl(client: () => ApiClient): void {
  describe('kubectl', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kubectl-contract-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const manifest = async (value: string): Promise<string> => {
      const path = join(folder, 'config-map.yaml');
      await writeFile(
        path,
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\ndata:\n  color: ${value}\n  fixed: "1"\n`,
      );
      return path;
    };

    it('creates namespaces, Secrets, accounts and ConfigMaps', async () => {
      const namespace = await client().namespace();
      const other = `${namespace}-k`;
      assert.equal(await client().kubectl('create', 'namespace', other), `namespace/${other} created\n`);
      await client().kubectl('delete', 'namespace', other, '--wait=false');
      await client().kubectl('-n', namespace, 'create', 'secret', 'generic', 's', '--from-literal=k=v');
      await client().kubectl('-n', namespace, 'create', 'serviceaccount', 'a');
      await client().kubectl('-n', namespace, 'create', 'configmap', 'c', '--from-literal=k=v');
      await client().kubectl(
        '-n',
        namespace,
        'create',
        'secret',
        'docker-registry',
        'd',
        '--docker-server=r',
        '--docker-username=u',
        '--docker-password=p',
      );
      const names = await client().kubectl(
        '-n',
        namespace,
        'get',
        'secret/s',
        'serviceaccount/a',
        'configmap/c',
        'secret/d',
        '-o',
        'name',
      );
      assert.equal(names, 'secret/s\nserviceaccount/a\nconfigmap/c\nsecret/d\n');
    });

    it('prints tables', async () => {
      const namespace = await client().namespace();
      await client().kubectl('-n', namespace, 'create', 'secret', 'generic', 's', '--from-literal=k=v');
      const secret = await client().kubectl('-n', namespace, 'get', 'secrets', '-o', 'wide');
      assert.match(secret, /^NAME +TYPE +DATA +AGE\ns +Opaque +1 +\d+s\n$/);
      assert.match(await client().kubectl('get', 'ns', namespace), /^NAME +STATUS +AGE\n\S+ +Active +\d+s\n$/);
      assert.match(
        await client().kubectl('get', 'secrets', '-A', '--field-selector', 'metadata.name=s'),
        /^NAMESPACE +NAME +TYPE +DATA +AGE\n/,
      );
    });

    it('watches', async () => {
      const namespace = await client().namespace();
      const { kubectl = 'kubectl', kubeconfigPath } = client().server;
      const words = [
        '--kubeconfig',
        kubeconfigPath,
        '-n',
        namespace,
        'get',
        'secrets',
        '-w',
        '--no-headers',
        '-o',
        'name',
      ];
      const child = spawn(kubectl, words, { stdio: ['ignore', 'pipe', 'inherit'] });
      await client().kubectl('-n', namespace, 'create', 'secret', 'generic', 'seen');
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      child.kill();
      assert.equal(line, 'secret/seen');
    });

    it('labels, annotates and patches in all three ways', async () => {
      const namespace = await client().namespace();
      const run = (...words: readonly string[]): Promise<string> => client().kubectl('-n', namespace, ...words);
      await run('create', 'serviceaccount', 'a');
      await run('label', 'serviceaccount', 'a', 'l=1');
      await run('annotate', 'serviceaccount', 'a', 'n=1');
      await run('patch', 'serviceaccount', 'a', '-p', '{"imagePullSecrets":[{"name":"a"}]}');
      await run(
        'patch',
        'serviceaccount',
        'a',
        '--type=json',
        '-p',
        '[{"op":"add","path":"/imagePullSecrets/-","value":{"name":"b"}}]',
      );
      await run('patch', 'serviceaccount', 'a', '--type=merge', '-p', '{"metadata":{"labels":{"m":"2"}}}');
      const found = await client().ok('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/a`);
      assert.deepEqual(found.imagePullSecrets, [{ name: 'a' }, { name: 'b' }]);
      assert.deepEqual([found.metadata.labels, found.metadata.annotations], [{ l: '1', m: '2' }, { n: '1' }]);
    });

    it('applies from a file: created, configured, unchanged', async () => {
      const namespace = await client().namespace();
      const apply = async (value: string): Promise<string> =>
        client().kubectl('-n', namespace, 'apply', '-f', await manifest(value));
      assert.equal(await apply('red'), 'configmap/cm created\n');
      assert.equal(await apply('blue'), 'configmap/cm configured\n');
      assert.equal(await apply('blue'), 'configmap/cm unchanged\n');
    });

    it('applies on the server, and reports a conflict with an editor', async () => {
      const namespace = await client().namespace();
      const apply = async (value: string, ...more: readonly string[]): Promise<string> =>
        client().kubectl('-n', namespace, 'apply', '--server-side', ...more, '-f', await manifest(value));
      assert.equal(await apply('red'), 'configmap/cm serverside-applied\n');
      await client().kubectl(
        '-n',
        namespace,
        'patch',
        'configmap',
        'cm',
        '--field-manager=editor',
        '-p',
        '{"data":{"color":"green"}}',
      );
      await assert.rejects(apply('blue'), /conflict with "editor" using v1: \.data\.color/);
      await apply('blue', '--force-conflicts');
      assert.equal(
        await client().kubectl('-n', namespace, 'get', 'configmap', 'cm', '-o', 'jsonpath={.data.color}'),
        'blue',
      );
    });

    it('moves from client-side to server-side apply without losing fields', async () => {
      const namespace = await client().namespace();
      await client().kubectl('-n', namespace, 'apply', '-f', await manifest('red'));
      await client().kubectl('-n', namespace, 'apply', '--server-side', '-f', await manifest('red'));
      const found = await client().ok('GET', `/api/v1/namespaces/${namespace}/configmaps/cm`);
      const owners = found.metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`) ?? [];
      assert.ok(
        owners.includes('kubectl Apply') && !owners.includes('kubectl-client-side-apply Update'),
        owners.join(),
      );
      assert.deepEqual(found.data, { color: 'red', fixed: '1' });
    });

    it('edits', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'cm', { color: 'red' });
      const edited = await client().kubectlWith(
        { KUBE_EDITOR: 'sed -i s/red/blue/' },
        '-n',
        namespace,
        'edit',
        'configmap',
        'cm',
      );
      assert.equal(edited, 'configmap/cm edited\n');
      assert.deepEqual((await client().ok('GET', `/api/v1/namespaces/${namespace}/configmaps/cm`)).data, {
        color: 'blue',
      });
    });

    it('deletes, and waits until a namespace is gone', async () => {
      const namespace = await client().namespace();
      await client().kubectl('-n', namespace, 'create', 'secret', 'generic', 's');
      assert.match(await client().kubectl('-n', namespace, 'delete', 'secret', 's'), /^secret "s" deleted/);
      await client().kubectl('delete', 'namespace', namespace);
      await assert.rejects(client().kubectl('get', 'namespace', namespace), /not found/);
    });

    it('validates strictly on the server, and dry-runs there', async () => {
      const namespace = await client().namespace();
      const path = join(folder, 'bad.yaml');
      await writeFile(path, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\nbogus: 1\n');
      await assert.rejects(client().kubectl('-n', namespace, 'create', '-f', path), /unknown field "bogus"/);
      const dry = await client().kubectl('-n', namespace, 'apply', '--dry-run=server', '-f', await manifest('red'));
      assert.equal(dry, 'configmap/cm created (server dry run)\n');
    });
  });
}
