import assert from 'node:assert/strict';
import { createDemoWorld } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { badEdits, demoHost, plainData, validEdits, type Edit } from '../fixtures/configuration-edits.ts';
import { createEditor, type Editor } from '../fixtures/configuration-editor.ts';
import { noWrites, passwordsOf, startHelper, writesDuring } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { guardLogins, type LoginGuard } from '../fixtures/login-guard.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { mustRun } from '../real-parts/run-command.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const served = ['team-0', 'team-1', 'team-2', 'team-3'];
const moreOf = (index: number): string => `more-${index}`;

for (const mode of ['standalone', 'over Redis'] as const) {
  describe(`edits of the ConfigMap, ${mode}`, function () {
    this.timeout(180_000);
    const isStandalone = mode === 'standalone';
    const valid = validEdits(moreOf).filter((_edit, index) => isStandalone || index % 6 === 0);
    const bad = badEdits().filter((_edit, index) => isStandalone || index % 6 === 0);
    const seconds: number[] = [];
    let controlPlane: ControlPlane;
    let cluster: ClusterClient;
    let cloud: AlibabaCloudSimulator;
    let redis: RedisServer | undefined;
    let helper: HelperProcess;
    let guard: LoginGuard;
    let editor: Editor;

    before(async () => {
      [controlPlane, cloud] = await Promise.all([
        startControlPlane(),
        startAlibabaCloudSimulator({ world: createDemoWorld() }),
      ]);
      if (!isStandalone) redis = await startRedis({ password: 'redis-password' });
      cluster = new ClusterClient(controlPlane);
      editor = createEditor(controlPlane);
      const more = validEdits(moreOf).map((_edit, index) => moreOf(index));
      for (const namespace of [...served, 'later', ...more]) await cluster.createNamespace(namespace);
      await editor.write({ data: plainData('none') });
      helper = startHelper({ controlPlane, cloud, redisUrl: redis?.url });
      for (const namespace of served) await cluster.untilServed(namespace);
      guard = await guardLogins(controlPlane, served, demoHost);
    });

    after(async () => {
      await guard?.stop();
      await helper?.stop();
      await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]);
      if (seconds.length > 0) process.stdout.write(`      ${mode}: ${summary(seconds)}\n`);
    });

    afterEach(() => assert.deepEqual(guard.losses(), []));

    /** Applies the edit and waits for what is to become of it, and for the Event that says so. */
    async function apply(edit: Edit, more: string): Promise<void> {
      const wasServed = more !== '' && (await isServed(more));
      const since = await editor.write(edit);
      const startedAt = performance.now();
      if (edit.outcome === 'accepted') {
        await waitUntil(`${more} to be served`, 20, async () => ((await isServed(more)) ? true : undefined), 5);
        if (!wasServed) seconds.push((performance.now() - startedAt) / 1000);
      }
      const note = await editor.untilTold(edit.outcome, since);
      assert.match(note, edit.outcome === 'accepted' ? /is in force/ : /The last good configuration stays in force/);
    }

    async function isServed(namespace: string): Promise<boolean> {
      return (await cluster.pullSecrets(namespace, 'default')).includes(secretName);
    }

    it('was served before the edits', async () => {
      assert.ok(demoHost in passwordsOf((await cluster.dockerConfig('team-0')) ?? '{"auths":{}}'));
    });

    for (const edit of valid) {
      it(`takes over, and says so: ${edit.name}`, () =>
        apply(edit, edit.data?.['watch-namespace']?.split(',')[1] ?? ''));
    }

    it('cleans up what left the selection with the next edit', async () => {
      await waitUntil('the Secret to go', 20, async () =>
        (await cluster.dockerConfig('more-0')) === undefined ? true : undefined,
      );
      assert.deepEqual(await cluster.pullSecrets('more-0', 'default'), []);
    });

    it('is as before once a plain one is in force again', async () => {
      await apply({ ...plainEdit, data: plainData('later') }, 'later');
      for (const [index] of validEdits(moreOf).entries())
        await waitUntil(`${moreOf(index)} to be cleaned up`, 20, async () =>
          (await cluster.dockerConfig(moreOf(index))) === undefined ? true : undefined,
        );
    });

    for (const edit of bad) {
      it(`changes nothing, and says why: ${edit.name}`, async () => {
        const writes = await writesDuring(controlPlane, () => apply(edit, ''));
        // The last good configuration may be kept at that moment, in a Secret of the helper's own.
        assert.deepEqual({ ...writes, secretsCreated: 0 }, noWrites);
      });
    }

    it('counts edits that are wrong in the same way on one Event', async () => {
      for (let edit = 1; edit <= wrongEdits; edit++) {
        const data = { ...plainData('later'), 'notify-email': `${edit}@example.com`, 'expiring-threshold': 'whenever' };
        await editor.untilTold('refused', await editor.write({ data }));
      }
      assert.deepEqual(await editor.countsOf('whenever'), [wrongEdits]);
      const describe = ['describe', 'configmap', 'acr-configuration', '--namespace', 'kube-system'];
      const { stdout } = await mustRun(controlPlane.kubectl, [
        '--kubeconfig',
        controlPlane.kubeconfigPath,
        ...describe,
      ]);
      assert.match(stdout, /ConfigurationRefused .*\(x4 over /);
    });

    it('writes nothing when what is in force comes back', async () => {
      const back = (): Promise<void> => apply({ ...plainEdit, data: plainData('later') }, 'later');
      assert.deepEqual({ ...(await writesDuring(controlPlane, back)), secretsCreated: 0 }, noWrites);
    });

    it('changes nothing when the ConfigMap is deleted, and takes over the one that is created anew', async () => {
      const writes = await writesDuring(controlPlane, async () => {
        await editor.untilTold('missing', await editor.remove());
        await apply({ ...plainEdit, data: plainData('later') }, 'later');
      });
      assert.deepEqual({ ...writes, secretsCreated: 0 }, noWrites);
    });

    it('does not take a confirmation for another content than the one that was confirmed', async () => {
      const small = { data: { ...plainData('later'), 'watch-namespace': 'team-0' } };
      const told = await editor.untilTold('held back', await editor.write(small));
      const hash = /confirm: ([0-9a-f]{16})/.exec(told)?.[1] ?? '';
      const other = { data: { ...plainData('later'), 'watch-namespace': 'team-1' } };
      await editor.untilTold('held back', await editor.write({ ...other, confirm: hash }));
    });

    it('judges an edit that was made while it did not run by what was in force before', async () => {
      await apply({ ...plainEdit, data: plainData('later,none') }, 'later');
      await helper.stop();
      const since = await editor.write({});
      helper = startHelper({ controlPlane, cloud, redisUrl: redis?.url });
      await editor.untilTold('held back', since);
      assert.ok(await isServed('later'));
    });

    it('writes a bounded number of times while the ConfigMap flips ten times a second, and ends with the last content', async () => {
      const flips = isStandalone ? 100 : 40;
      const contents = ['one@example.com', 'two@example.com'].map((email) => ({
        data: { ...plainData('later'), 'notify-email': email },
      }));
      const ops = await helper.opsUrl();
      const totals = await editor.requestsDuring(async () => {
        await editor.flip(contents, flips, async () => assert.ok((await fetch(`${ops}/healthz`)).status < 600));
        for (const namespace of served)
          await waitUntil(`the last content in ${namespace}`, 20, async () =>
            (await cluster.dockerConfig(namespace))?.includes('two@example.com') === true ? true : undefined,
          );
      });
      process.stdout.write(`      ${mode}: ${flips} flips cost ${JSON.stringify(totals)}\n`);
      assert.ok(totals.secretsRewritten <= (flips / 4) * (served.length + 1), JSON.stringify(totals));
      assert.ok(totals.eventsWritten <= flips / 4, JSON.stringify(totals));
      assert.ok(totals.secretsApplied <= flips / 10, JSON.stringify(totals));
    });
  });
}

const wrongEdits = 4;

const plainEdit: Pick<Edit, 'name' | 'outcome'> = { name: 'a plain one', outcome: 'accepted' };

function summary(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b);
  const [median = 0, most = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${seconds.length} valid edits took effect within ${median.toFixed(2)} s (median), ${most.toFixed(2)} s (most)`;
}
