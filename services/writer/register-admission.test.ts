import assert from 'node:assert/strict';
import { configuration, now, registry, secretName } from '../../tests/fixtures/values.ts';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import type {
  AdmissionKind,
  AdmissionObject,
  AdmissionObjectName,
} from '../../common/domain/admission/admission-objects.ts';
import { mutatingPolicies } from '../../common/domain/admission/mutating-policy.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { AdmissionRegistry } from '../../common/ports/admission.ts';
import type { Delivery, HandlerResult } from '../../queues/bus.ts';
import { registerAdmission } from './register-admission.ts';

const allKinds: readonly AdmissionKind[] = [
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];
const olderKinds = allKinds.slice(2);

const enabled = { enabled: true, failurePolicy: 'Fail', timeoutSeconds: 7, pods: false } as const;

/** An API server that keeps what it is told, and writes down in which order. */
class FakeRegistry implements AdmissionRegistry {
  kinds = allKinds;
  readonly objects = new Map<string, Readonly<Record<string, unknown>>>();
  readonly writes: string[] = [];
  refusal: Failure | undefined;
  unreadable: Failure | undefined;

  capabilities() {
    return Promise.resolve({ kinds: new Set(this.kinds) });
  }
  read({ kind, name }: AdmissionObjectName) {
    if (this.unreadable !== undefined) return Promise.reject(this.unreadable);
    return Promise.resolve(this.objects.get(`${kind}/${name}`));
  }
  apply({ kind, name, content }: AdmissionObject) {
    if (kind === 'MutatingAdmissionPolicy' && this.refusal !== undefined) return Promise.reject(this.refusal);
    this.writes.push(`+${kind}`);
    this.objects.set(`${kind}/${name}`, { ...content, metadata: { name } });
    return Promise.resolve();
  }
  remove({ kind, name }: AdmissionObjectName) {
    this.writes.push(`-${kind}`);
    this.objects.delete(`${kind}/${name}`);
    return Promise.resolve();
  }
  there(): readonly string[] {
    return [...this.objects.keys()].map((key) => key.split('/')[0] ?? '').toSorted();
  }
}

describe('registerAdmission', () => {
  let apiServer: FakeRegistry;
  let wanted: Configuration;
  let answers: boolean;
  let probes: number[];
  let time: number;
  let happenings: Happening[];
  let registered: (string | undefined)[];
  let whileRegistering: () => Promise<void>;
  let putInForce: () => Promise<void>;
  let run: () => Promise<HandlerResult>;

  beforeEach(() => {
    apiServer = new FakeRegistry();
    wanted = configuration({ admission: enabled });
    answers = true;
    probes = [];
    time = now;
    happenings = [];
    registered = [];
    whileRegistering = () => Promise.resolve();
    const store = createMemoryConfigurationStore();
    const handle = registerAdmission({
      configurations: store,
      credentials: createMemoryCredentialStore(),
      registry: apiServer,
      keepCertificate: async (authority) => {
        registered.push(authority);
        await whileRegistering();
        return { caBundle: `${pem('one')}${pem('two')}`, until: Number.MAX_SAFE_INTEGER };
      },
      target: { kind: 'service', namespace: 'kube-system', name: 'webhook' },
      probe: (_caBundle, times) => {
        probes.push(times);
        return answers ? Promise.resolve() : Promise.reject(new Failure('webhook-unreachable', 'refused'));
      },
      configMap: { namespace: 'kube-system', name: 'acr-configuration' },
      secretName,
      allowedHosts: [],
      clock: () => time,
      report: (happening) => happenings.push(happening),
    });
    putInForce = () =>
      store.write({ configuration: wanted, version: JSON.stringify(wanted), localRegion: 'cn-hangzhou' });
    run = async () => {
      await putInForce();
      const delivery: Delivery<'admission.register'> = {
        data: { cause: 'configuration' },
        urgency: 'expiring',
        attempt: 1,
        signal: new AbortController().signal,
      };
      return handle(delivery);
    };
  });

  const policy = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration'];
  const webhook = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

  it('registers a policy where the API server has them, and a webhook where it has not', async () => {
    await run();
    assert.deepEqual(apiServer.there(), policy);
    apiServer.kinds = olderKinds;
    apiServer.objects.clear();
    await run();
    assert.deepEqual(apiServer.there(), webhook);
  });

  it('writes nothing where everything is as it should be, and comes back to look', async () => {
    await run();
    apiServer.writes.length = 0;
    const result = await run();
    assert.deepEqual(apiServer.writes, []);
    assert.ok(result !== undefined && result.againAfterSeconds > 0);
  });

  it('mends what somebody changed or deleted', async () => {
    await run();
    apiServer.writes.length = 0;
    const key = 'MutatingAdmissionPolicy/acr-credential-helper';
    apiServer.objects.set(key, {
      spec: { ...(apiServer.objects.get(key)?.['spec'] as object), failurePolicy: 'Fail' },
    });
    apiServer.objects.delete('ValidatingWebhookConfiguration/acr-credential-helper');
    await run();
    assert.deepEqual(apiServer.writes, ['+MutatingAdmissionPolicy', '+ValidatingWebhookConfiguration']);
  });

  it('changes from webhook to policy, and back, by having both for a moment', async () => {
    for (const [kinds, goes, remains] of [
      [allKinds, 'MutatingWebhookConfiguration', policy],
      [olderKinds, 'MutatingAdmissionPolicy', webhook],
    ] as const) {
      apiServer.objects.clear();
      apiServer.kinds = kinds === allKinds ? olderKinds : allKinds;
      await run();
      time += 60_000;
      // Both can be seen: it is the configuration, or the server’s refusal, that asks for the other one.
      apiServer.kinds = allKinds;
      apiServer.refusal = kinds === olderKinds ? new Failure('kubernetes-invalid', 'too expensive') : undefined;
      if (kinds === olderKinds) apiServer.objects.delete('MutatingAdmissionPolicy/acr-credential-helper');
      await run();
      assert.ok(apiServer.there().includes('MutatingWebhookConfiguration'));
      assert.ok(apiServer.there().includes('MutatingAdmissionPolicyBinding'));
      time += 11_000;
      await run();
      assert.ok(!apiServer.there().includes(goes));
      assert.deepEqual(apiServer.there(), [...remains]);
    }
  });

  it('falls back to the webhook when the API server refuses the policy, says so once, and does not offer it again', async () => {
    apiServer.refusal = new Failure('kubernetes-invalid', 'estimated cost exceeds the budget');
    await run();
    await run();
    assert.deepEqual(apiServer.there(), webhook);
    const said = happenings.filter(({ kind }) => kind === 'admission-registered');
    assert.equal(said.length, 1);
    assert.match(JSON.stringify(said), /estimated cost exceeds the budget/);
  });

  it('falls back to the webhook where a huge configuration makes a huge policy', async () => {
    const include = Array.from(
      { length: 1000 },
      (_item, index) => `a-namespace-with-a-rather-long-name-of-its-own-${index}`,
    );
    wanted = configuration({ admission: enabled, namespaces: { include, exclude: [] } });
    await run();
    assert.deepEqual(apiServer.there(), webhook);
    assert.match(JSON.stringify(happenings), /characters/);
  });

  it('registers no webhook before it answers, and leaves what is there until then', async () => {
    apiServer.kinds = olderKinds;
    answers = false;
    const result = await run();
    assert.deepEqual(apiServer.there(), []);
    assert.ok(result !== undefined && result.againAfterSeconds < 1);
    answers = true;
    await run();
    answers = false;
    await run();
    assert.deepEqual(apiServer.there(), webhook);
  });

  it('does not wait for the webhook with a policy', async () => {
    answers = false;
    await run();
    assert.deepEqual(apiServer.there(), ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding']);
  });

  it('says once, after a while, that the webhook does not answer', async () => {
    answers = false;
    for (let round = 0; round < 20; round++) await run();
    assert.equal(happenings.filter(({ kind }) => kind === 'admission-waiting').length, 1);
  });

  it('gives the webhook the failure policy and the time-out of the configuration, and keeps system namespaces away from it', async () => {
    apiServer.kinds = olderKinds;
    await run();
    const text = JSON.stringify(apiServer.objects.get('MutatingWebhookConfiguration/acr-credential-helper'));
    assert.match(text, /"failurePolicy":"Fail","timeoutSeconds":7/);
    assert.match(text, /"operator":"NotIn","values":\["kube-system"\]/);
    const guard = JSON.stringify(apiServer.objects.get('ValidatingWebhookConfiguration/acr-credential-helper'));
    assert.match(guard, /"failurePolicy":"Ignore"/);
  });

  it('registers what is about pods only when that is asked for', async () => {
    wanted = configuration({ admission: { ...enabled, pods: true } });
    await run();
    assert.ok(apiServer.objects.has('MutatingAdmissionPolicy/acr-credential-helper-pods'));
    wanted = configuration({ admission: enabled });
    time += 11_000;
    await run();
    assert.ok(!apiServer.objects.has('MutatingAdmissionPolicy/acr-credential-helper-pods'));
  });

  it('removes everything when it is switched off, and needs no rights where it never was on', async () => {
    await run();
    wanted = configuration();
    assert.equal(await run(), undefined);
    assert.deepEqual(apiServer.there(), []);
    apiServer.unreadable = new Failure('kubernetes-forbidden', 'no');
    assert.equal(await run(), undefined);
    wanted = configuration({ admission: enabled });
    await assert.rejects(run(), (error) => error instanceof Failure && error.code === 'kubernetes-forbidden');
  });

  it('leaves nothing behind of a configuration that went out of force while it was being registered', async () => {
    apiServer.kinds = olderKinds;
    whileRegistering = async () => {
      wanted = configuration();
      await putInForce();
    };
    assert.equal(await run(), undefined);
    assert.deepEqual(apiServer.there(), []);
  });

  it('asks the webhook several times before its first registration: all replicas are to be there', async () => {
    apiServer.kinds = olderKinds;
    await run();
    await run();
    assert.deepEqual(probes, [5, 1]);
  });

  it('tells whoever keeps the certificate which authority is registered', async () => {
    apiServer.kinds = olderKinds;
    await run();
    await run();
    assert.deepEqual(registered, [undefined, pem('one')]);
  });

  it('registers nothing that would change nothing: with attach "false" only the guard', async () => {
    wanted = configuration({ admission: enabled, attach: false });
    await run();
    assert.deepEqual(apiServer.there(), ['ValidatingWebhookConfiguration']);
  });
});

function pem(text: string): string {
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

describe('mutatingPolicies', () => {
  it('never holds a typed object literal, which API servers up to 1.36.3 do not survive in a list', () => {
    const rules = { ...configuration(), references: [{ name: 'acr', atLeast: 1, hosts: [[['every' as const]]] }] };
    const text = JSON.stringify(mutatingPolicies({ ...rules, ...registry(), namespaces: rules.namespaces }, true));
    assert.doesNotMatch(text, /Object[.\w]*\{/);
    assert.doesNotMatch(text, /ApplyConfiguration/);
  });
});
