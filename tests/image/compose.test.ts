import assert from 'node:assert/strict';

import { waitUntil } from '../real-parts/wait-until.ts';
import { buildImages, type BuiltImages } from './built-images.ts';
import { startComposeStack, type ComposeStack } from './compose-stack.ts';
import { readComposeFile } from './compose-file.ts';

// Everything but Grafana, whose image is on no registry of packages. Redis and Prometheus are Debian's.
describe('docker-compose.yml, brought up', function () {
  this.timeout(300_000);
  let images: BuiltImages | undefined;
  let stack: ComposeStack;

  before(async () => {
    images = await buildImages();
    stack = await startComposeStack(images);
  });

  after(async () => {
    await stack?.down();
    await images?.remove();
  });

  async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
    return { status: response.status, body: (await response.json()) as never };
  }

  /** What is just starting may not answer yet. */
  function askUntil(what: string, url: string, isAsWanted: (answer: Answer) => boolean): Promise<unknown> {
    return waitUntil(what, 60, async () => {
      const answer = await ask(url).catch(() => undefined);
      return answer !== undefined && isAsWanted(answer) ? answer : undefined;
    });
  }

  async function makeNamespace(name: string): Promise<void> {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const headers = { 'content-type': 'application/json' };
    const { status } = await ask(`${stack.urls.cluster}/api/v1/namespaces`, { method: 'POST', headers, body });
    assert.equal(status, 201);
  }

  /** Both the Secret and the account that pulls with it. */
  async function untilServed(namespace: string): Promise<void> {
    const folder = `${stack.urls.cluster}/api/v1/namespaces/${namespace}`;
    const name = 'acr-credential-secret-aggregation';
    await askUntil(`the Secret of ${namespace}`, `${folder}/secrets/${name}`, ({ status }) => status === 200);
    await askUntil(`the account of ${namespace}`, `${folder}/serviceaccounts/default`, ({ body }) =>
      (body.imagePullSecrets ?? []).some((secret) => secret.name === name),
    );
  }

  it('has two watchers and two writers, none of which leads', async () => {
    const names = await stack.containers();
    for (const service of ['watcher', 'writer']) {
      assert.equal(readComposeFile().services[service]?.scale, 2);
      assert.ok(names.includes(stack.container(service, 1)) && names.includes(stack.container(service, 2)));
    }
  });

  it('becomes healthy by its own health checks', async () => {
    const { services } = readComposeFile();
    const names = await stack.containers();
    const checked = Object.keys(services).filter((name) => services[name]?.healthcheck !== undefined);
    for (const service of checked) {
      for (const name of names.filter((candidate) => candidate.startsWith(stack.container(service).slice(0, -1)))) {
        // Podman has no timer for them where there is no systemd.
        await waitUntil(`${name} to be healthy`, 60, () =>
          stack.podman('healthcheck', 'run', name).then(
            () => true,
            () => undefined,
          ),
        );
      }
    }
  });

  it('serves a namespace that it started with, and one that is made in it', async () => {
    await untilServed('team-a');
    await makeNamespace('shop');
    await untilServed('shop');
  });

  it('shows its status page', async () => {
    const response = await fetch(stack.urls.page);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<title>acr-credential-helper<\/title>/);
  });

  it('shows its queues message by message', async () => {
    const page = await fetch(new URL('/queues/', stack.urls.page));
    assert.match(await page.text(), /<base href="\/queues\/"/);
    const queues = await fetch(new URL('/queues/api/queues', stack.urls.page));
    assert.match(await queues.text(), /"name":"namespaces"/);
  });

  it('has every process of every role scraped by its Prometheus', async () => {
    const wanted = { watcher: 2, fetcher: 1, writer: 2 };
    await askUntil(
      'Prometheus to reach every process',
      `${stack.urls.prometheus}/api/v1/targets?state=active`,
      ({ body }) => {
        const up = (body.data?.activeTargets ?? []).filter(({ health }) => health === 'up');
        return Object.entries(wanted).every(
          ([role, processes]) => up.filter(({ labels }) => labels['role'] === role).length === processes,
        );
      },
    );
  });

  it('has its rules loaded and evaluated by its Prometheus', async () => {
    await askUntil('Prometheus to evaluate every rule', `${stack.urls.prometheus}/api/v1/rules`, ({ body }) => {
      const rules = (body.data?.groups ?? []).flatMap((group) => group.rules);
      const hasBoth = ['alerting', 'recording'].every((type) => rules.some((rule) => rule.type === type));
      return hasBoth && rules.every(({ health }) => health === 'ok');
    });
  });

  it('goes on when a writer is told to stop, which ends without an error', async () => {
    const writer = stack.container('writer', 2);
    await stack.podman('stop', '--time=20', writer);
    assert.equal((await stack.podman('inspect', '--format={{.State.ExitCode}}', writer)).trim(), '0');
    await makeNamespace('without-a-writer');
    await untilServed('without-a-writer');
  });

  it('goes on when Redis forgets everything', async () => {
    await stack.podman('exec', stack.container('redis'), 'redis-cli', 'flushall');
    await makeNamespace('after-the-flush');
    await untilServed('after-the-flush');
  });

  it('lets its cloud be throttled, and serves new namespaces all the same', async () => {
    const body = JSON.stringify({ match: { action: 'GetAuthorizationToken' }, effect: { kind: 'throttle' } });
    const { status } = await ask(`${stack.urls.cloud}/_simulator/faults`, { method: 'POST', body });
    assert.equal(status, 201);
    await makeNamespace('while-throttled');
    await untilServed('while-throttled');
  });
});

/** The fields that are looked at, of whichever server answered. */
type Answer = {
  readonly status: number;
  readonly body: {
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly data?: {
      readonly activeTargets?: readonly {
        readonly health: string;
        readonly labels: Readonly<Record<string, string>>;
      }[];
      readonly groups?: readonly { readonly rules: readonly { readonly type: string; readonly health: string }[] }[];
    };
  };
};
