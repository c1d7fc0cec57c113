import assert from 'node:assert/strict';
import { hungPod, servedHost, servedNamespace, sourcesOf } from '../../../tests/fixtures/hung-pods.ts';
import { account, configuration, namespace, now, secret, secretName } from '../../../tests/fixtures/values.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { planRepair, type RepairInput, type RepairPlan } from './plan-repair.ts';

type Case = Partial<Omit<RepairInput, 'configuration'>> & { readonly settings?: Partial<Configuration> };

function plan({ settings, ...parts }: Case = {}): RepairPlan {
  return planRepair({
    pod: hungPod(),
    observation: servedNamespace(),
    configuration: configuration({ repairPods: true, ...settings }),
    now,
    ...parts,
  });
}

describe('planRepair', () => {
  it('repairs a pod that lacks a Secret of ours which its account has now, and tells which', () => {
    assert.deepEqual(plan(), { repair: true, image: `${servedHost}/team/web:1`, secrets: [secretName] });
  });

  it('repairs a pod of which only one image is from a registry that we have a login for', () => {
    const pod = hungPod({ images: ['busybox', `${servedHost}/team/init`] });
    assert.deepEqual(plan({ pod }), { repair: true, image: `${servedHost}/team/init`, secrets: [secretName] });
  });

  it('repairs a pod whose list was copied from its account when that was shorter', () => {
    const observation = servedNamespace({ accounts: [account({ pullSecrets: ['theirs', secretName] })] });
    assert.equal(plan({ pod: hungPod({ pullSecrets: ['theirs'] }), observation }).repair, true);
  });

  it('repairs a pod that brings its own list where admission adds to it', () => {
    const pod = hungPod({ pullSecrets: ['its-own'] });
    const admission = { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10, pods: true } as const;
    assert.equal(plan({ pod, settings: { admission } }).repair, true);
  });

  const refused: Readonly<Record<string, Case>> = {
    'when repair-pods is not enabled': { settings: { repairPods: false } },
    'that is going already': { pod: hungPod({ terminating: true }) },
    'that has opted out': { pod: hungPod({ ignored: true }) },
    'that nobody would make anew': { pod: hungPod({ controller: undefined }) },
    'that a kubelet made from a file': { pod: hungPod({ isMirror: true }) },
    'whose controller is a node': { pod: hungPod({ controller: { kind: 'Node', name: 'node-1', uid: 'n' } }) },
    'that was created a moment ago': { pod: hungPod({ createdAt: now - 9_000 }) },
    'that has the reference': { pod: hungPod({ pullSecrets: [secretName] }) },
    'that brings its own list': { pod: hungPod({ pullSecrets: ['its-own'] }) },
    'that pulls from elsewhere': { pod: hungPod({ images: ['docker.io/library/busybox'] }) },
    'of an account that is not known': { pod: hungPod({ account: 'web' }) },
    'of an account without the reference': { observation: servedNamespace({ accounts: [account()] }) },
    'of an account that has opted out': {
      observation: servedNamespace({ accounts: [account({ pullSecrets: [secretName], ignored: true })] }),
    },
    'of an account that is not selected': { settings: { accounts: { include: ['web'], exclude: [] } } },
    'when no account is to be attached': { settings: { attach: false } },
    'of a namespace that is not selected': { settings: { namespaces: { include: ['team-*'], exclude: [] } } },
    'of a namespace that is going': { observation: servedNamespace({ namespace: namespace({ terminating: true }) }) },
    'of a namespace that is not known': { observation: servedNamespace({ namespace: undefined }) },
    'when the Secret is not ours': {
      observation: servedNamespace({ secrets: [secret({ managedBy: 'else', sources: sourcesOf([servedHost]) })] }),
    },
    'when the login of the Secret has expired': {
      observation: servedNamespace({ secrets: [secret({ sources: sourcesOf([servedHost], now) })] }),
    },
    'when there is no Secret': { observation: servedNamespace({ secrets: [] }) },
  };
  for (const [what, parts] of Object.entries(refused)) {
    it(`leaves a pod alone ${what}`, () => assert.equal(plan(parts).repair, false));
  }
});
