import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentedCommands } from '../docs/documented-commands.ts';
import { readDocuments, type Document } from '../docs/documents.ts';
import { reasonsFor } from '../docs/not-run.ts';
import { operatorCustomResources } from '../fixtures/operator-kinds.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { ensureHelm } from '../real-parts/ensure-helm.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun, runCommand, type CommandResult } from '../real-parts/run-command.ts';

/**
 * Runs every command of every document that `tests/docs/not-run.ts` does not except, as a reader types it: in the order of the page,
 * in a folder like the checkout, on a real API server. A page whose commands have all been run by another one is left out.
 */
describe('what the documents tell readers to type', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;
  let folder: string;
  let environment: Readonly<Record<string, string | undefined>>;

  before(async () => {
    const [started, helm] = await Promise.all([startControlPlane(), ensureHelm()]);
    controlPlane = started;
    folder = mkdtempSync(join(tmpdir(), 'acr-documented-'));
    for (const part of ['bin', 'home/.kube', 'work']) mkdirSync(join(folder, part), { recursive: true });
    symlinkSync(helm, join(folder, 'bin', 'helm'));
    symlinkSync(controlPlane.kubectl, join(folder, 'bin', 'kubectl'));
    const helper = `exec '${process.execPath}' '${join(repositoryRoot(), 'dist', 'main.js')}' "$@"`;
    writeFileSync(join(folder, 'bin', 'acr-credential-helper'), `#!/bin/sh\n${helper}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'bin', 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    writeFileSync(join(folder, 'home', '.kube', 'config'), readFileSync(controlPlane.kubeconfigPath), { mode: 0o600 });
    symlinkSync(join(repositoryRoot(), 'deploy'), join(folder, 'work', 'deploy'));
    environment = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: join(folder, 'home') };
  });

  after(async () => {
    await controlPlane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [document, commands] of documentsToRun()) {
    it(`${document.path}: ${commands.length} commands do what they say`, async () => {
      await startOver();
      writeFileSync(join(folder, 'work', 'my-values.yaml'), valuesOf(document));
      writeFileSync(join(folder, 'work', 'redis-url.txt'), 'redis://:password@redis.example.com:6379');
      await prepare(document.path);
      for (const command of commands) {
        if (command.startsWith('helm install ')) await uninstall();
        const { exitCode, stdout, stderr } = await shell(command);
        assert.equal(exitCode, 0, `${command}\n${stdout}${stderr}`);
        // The exit code of a pipe is that of its last command.
        assert.doesNotMatch(stderr, /^error/im, command);
      }
    });
  }

  function shell(command: string): Promise<CommandResult> {
    return runCommand('bash', ['-c', command], {
      cwd: join(folder, 'work'),
      env: environment,
      timeoutSeconds: 60,
    });
  }

  async function mustType(command: string, input = ''): Promise<void> {
    await mustRun('bash', ['-c', command], { cwd: join(folder, 'work'), env: environment, input, timeoutSeconds: 60 });
  }

  /** Its hooks need a kubelet. */
  async function uninstall(): Promise<void> {
    await mustType('helm -n kube-system uninstall acr-credential-helper --no-hooks --ignore-not-found');
  }

  /** Takes away what other pages made. */
  async function startOver(): Promise<void> {
    await uninstall();
    await mustType(
      'kubectl -n kube-system delete --ignore-not-found secret/acr-helper-redis secret/acr-credential-helper-seal-key configmap/acr-configuration ' +
        'deployment/aliyun-acr-credential-helper serviceaccount/aliyun-acr-credential-helper',
    );
  }

  /** What a page takes for granted. */
  async function prepare(path: string): Promise<void> {
    if (path.includes('migrating-')) await mustType('kubectl apply -f -', originalComponent);
    if (path.includes('kustomize')) {
      await mustType('kubectl apply -f -', JSON.stringify(operatorCustomResources()));
      await mustType('kubectl wait --for=condition=Established --all crd --timeout=30s');
    }
    if (/operations|tracing/.test(path)) {
      const set = '--set mode=distributed --set redis.bundled.enabled=true';
      await mustType(
        `helm install acr-credential-helper deploy/helm/acr-credential-helper --namespace kube-system -f my-values.yaml ${set}`,
      );
    }
  }
});

function documentsToRun(): readonly (readonly [Document, readonly string[]])[] {
  const seen = new Set<string>();
  return readDocuments().flatMap((document) => {
    const commands = documentedCommands(document)
      .map(({ text }) => text)
      .filter((text) => reasonsFor(text).length === 0);
    const isNew = commands.some((text) => !seen.has(text));
    for (const text of commands) seen.add(text);
    return isNew ? [[document, commands] as const] : [];
  });
}

/** The Helm values that the page itself shows. */
function valuesOf({ fences }: Document): string {
  const shown = fences.find(
    ({ language, lines }) => language === 'yaml' && /^(?:image|configuration):/.test(lines[0] ?? ''),
  );
  return shown?.lines.join('\n') ?? 'configuration: { data: { watch-namespace: all } }\n';
}

/** What the migration begins with. */
const originalComponent = `
apiVersion: v1
kind: ConfigMap
metadata: { name: acr-configuration, namespace: kube-system }
data:
  watch-namespace: all
  service-account: default
  acr-registry-info: |
    - instanceId: cri-a1b2c3d4e5f6g7h8
      regionId: cn-hangzhou
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: aliyun-acr-credential-helper, namespace: kube-system }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: aliyun-acr-credential-helper, namespace: kube-system }
spec:
  selector: { matchLabels: { app: original } }
  template:
    metadata: { labels: { app: original } }
    spec:
      serviceAccountName: aliyun-acr-credential-helper
      containers: [{ name: original, image: registry.example.com/original:1 }]
`;
