import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import type { RoleName } from '../../../common/domain/role.ts';
import type { AccessRight } from '../../../common/ports/cluster-reader.ts';
import type { Settings } from '../../../common/runtime/settings.ts';

/** EVERY right that the roles need with this configuration, as the chart grants them. */
export function neededRights(
  { configMap, secretName, roles }: Pick<Settings, 'configMap' | 'secretName' | 'roles'>,
  configuration: Pick<Configuration, 'attach' | 'admission' | 'repairPods'> | undefined,
): readonly AccessRight[] {
  const { namespace } = configMap;
  const rows: readonly Row[] = [
    ['watcher', ['list', 'watch'], { group: '', resource: 'namespaces' }],
    ['watcher', ['list', 'watch'], { group: '', resource: 'serviceaccounts' }],
    ['watcher', ['list', 'watch'], { group: '', resource: 'secrets', name: secretName }],
    ['watcher', ['list', 'watch'], { group: '', resource: 'configmaps', ...configMap }],
    [
      'watcher',
      ['get', 'patch'],
      { group: '', resource: 'secrets', namespace, name: 'acr-credential-helper-last-good' },
    ],
    ['writer', ['get'], { group: '', resource: 'namespaces' }],
    [
      'writer',
      configuration?.attach === false ? ['get'] : ['get', 'patch'],
      { group: '', resource: 'serviceaccounts' },
    ],
    ['writer', ['get', 'create', 'patch', 'delete'], { group: '', resource: 'secrets', name: secretName }],
    ['writer', ['create', 'patch'], { group: 'events.k8s.io', resource: 'events' }],
    ...(configuration?.admission.enabled === true ? admissionRights(namespace) : []),
    ...(configuration?.repairPods === true ? podRights : []),
  ];
  return rows.flatMap(([role, verbs, what]) => (roles.includes(role) ? verbs.map((verb) => ({ verb, ...what })) : []));
}

type Row = readonly [role: RoleName, verbs: readonly string[], what: Omit<AccessRight, 'verb'>];

function admissionRights(namespace: string): readonly Row[] {
  const group = 'admissionregistration.k8s.io';
  const verbs = ['get', 'create', 'patch', 'delete'];
  const name = 'acr-credential-helper';
  return [
    ['writer', verbs, { group, resource: 'mutatingadmissionpolicies', name }],
    ['writer', verbs, { group, resource: 'mutatingadmissionpolicybindings', name }],
    ['writer', verbs, { group, resource: 'mutatingwebhookconfigurations', name }],
    ['writer', verbs, { group, resource: 'validatingwebhookconfigurations', name }],
    ['webhook', ['list', 'watch'], { group: '', resource: 'namespaces' }],
    ['webhook', ['get'], { group: '', resource: 'secrets', namespace, name: `${name}-webhook-certificate` }],
  ];
}

const podRights: readonly Row[] = [
  ['watcher', ['list', 'watch'], { group: '', resource: 'pods' }],
  ['writer', ['get'], { group: '', resource: 'pods' }],
  ['writer', ['create'], { group: '', resource: 'pods', subresource: 'eviction' }],
];

/** `patch serviceaccounts`, `get secrets acr-… in kube-system`. */
export function describeRight({ verb, resource, subresource, namespace, name }: AccessRight): string {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return [verb, what, name, namespace === undefined ? undefined : `in ${namespace}`].filter(Boolean).join(' ');
}
