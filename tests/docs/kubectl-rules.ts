import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';

/** What is wrong with the arguments of kubectl: its verb, the kinds of objects, its flags, the folders of `-k`. */
export function kubectlProblems(args: readonly string[]): readonly string[] {
  const positional: string[] = [];
  const problems: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const [flag = '', value] = word.split('=', 2);
    if (!word.startsWith('-') || word === '-') positional.push(word);
    else if (switches.has(flag)) continue;
    else if (!valued.has(flag)) problems.push(`kubectl ${flag}: not known here`);
    else {
      const given = value ?? args[(index += 1)] ?? '';
      if (flag === '-k' && !existsSync(join(repositoryRoot(), given, 'kustomization.yaml'))) {
        problems.push(`${given} is nothing for kustomize`);
      }
    }
  }
  const [verb = '', ...rest] = positional;
  const takes = verbs[verb];
  if (takes === undefined) return [...problems, `kubectl ${verb}: no such verb`];
  const kinds = takes === 'sub-command and kind' ? rest[1] : takes === 'kind' ? rest[0] : undefined;
  return [...problems, ...unknownKinds(kinds)];
}

function unknownKinds(kinds: string | undefined): readonly string[] {
  return (kinds?.split('/')[0] ?? '')
    .split(',')
    .filter((kind) => kind !== '' && !resources.has(kind) && !/^[A-Z…]+$/.test(kind))
    .map((kind) => `${kind} is no kind of object`);
}

/** Every verb of the documents, and what follows it. */
const verbs: Readonly<Record<string, 'kind' | 'sub-command and kind' | 'other'>> = {
  get: 'kind',
  describe: 'kind',
  delete: 'kind',
  edit: 'kind',
  scale: 'kind',
  patch: 'kind',
  wait: 'kind',
  logs: 'kind',
  label: 'kind',
  annotate: 'kind',
  create: 'kind',
  rollout: 'sub-command and kind',
  'port-forward': 'kind',
  apply: 'other',
  kustomize: 'other',
  auth: 'other',
};

const resources = new Set(
  [
    ['namespace', 'namespaces', 'ns'],
    ['serviceaccount', 'serviceaccounts', 'sa'],
    ['secret', 'secrets'],
    ['configmap', 'configmaps', 'cm'],
    ['pod', 'pods'],
    ['deployment', 'deployments', 'deploy'],
    ['statefulset', 'statefulsets'],
    ['daemonset', 'daemonsets'],
    ['cronjob', 'cronjobs'],
    ['event', 'events'],
    ['mutatingwebhookconfiguration', 'mutatingwebhookconfigurations'],
    ['mutatingadmissionpolicy', 'mutatingadmissionpolicies'],
  ].flat(),
);

const switches = new Set([
  '--all-namespaces',
  '-A',
  '--server-side',
  '--force-conflicts',
  '--no-headers',
  '--show-managed-fields',
  '--dry-run',
  '--all',
  '--overwrite',
  '--ignore-not-found',
  '-w',
]);

const valued = new Set([
  '-n',
  '--namespace',
  '--kubeconfig',
  '--server',
  '-o',
  '-l',
  '--field-selector',
  '-p',
  '--type',
  '--from-file',
  '--from-literal',
  '--replicas',
  '--timeout',
  '--for',
  '-f',
  '-k',
  '-c',
  '--tail',
]);
