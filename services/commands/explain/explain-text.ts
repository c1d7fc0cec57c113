import { isAlibabaHost } from '../../../common/domain/credentials/registry-host.ts';
import type { ExplainedSecret, Explanation } from '../../../common/domain/explain/explain-namespace.ts';
import type { PullingPod } from '../../../common/ports/cluster-reader.ts';
import { credentialRow } from '../screen/credential-row.ts';
import { wallClock } from '../screen/moments.ts';
import { count, renderRows, type Mark, type Row, type ScreenOptions } from '../screen/screen.ts';
import type { ImageAnswer } from './image-question.ts';

/** All that the screen of `explain` shows. */
export type ExplainedTarget = Explanation & {
  /** `NAMESPACE` or `NAMESPACE/ACCOUNT`. */
  readonly target: string;
  /** By `Secret NAME` and `ServiceAccount NAME`, ms since the epoch. */
  readonly writtenAt: Readonly<Record<string, number>>;
  /** Of the target; absent: they may not be listed. */
  readonly pods?: readonly PullingPod[] | undefined;
  readonly repairPods: boolean;
  readonly image?: ImageAnswer | undefined;
  /** What to know about where this comes from. */
  readonly notes: readonly string[];
  readonly at: number;
};

/** The answer in one sentence, then each step from the selection to the pull. */
export function renderExplanation(explained: ExplainedTarget, options: ScreenOptions): readonly string[] {
  const { at: now, registries, notes } = explained;
  const rows: readonly Row[] = [
    selectionRow(explained),
    ...registries.map((registry) => credentialRow(registry, now)),
    ...explained.secrets.map((secret) => secretRow(secret, explained)),
    ...referenceRows(explained),
    ...podRows(explained),
    ...(explained.image === undefined ? [] : [imageRow(explained.image)]),
    ...notes.map((note): Row => ({ mark: 'warning', cells: ['note', note] })),
  ];
  return [`${answer(explained)}${answerForImage(explained)}.`, '', ...renderRows(rows, options)];
}

/** The answer to `--image`, which is what was asked for. */
function answerForImage({ image, canPull }: ExplainedTarget): string {
  switch (image?.answer.kind) {
    case undefined:
      return '';
    case 'pulls':
      return canPull ? ', and this image' : '; this image it can pull';
    case 'refused':
    case 'no-such-image':
      return canPull ? ', but not this image' : ', and not this image';
    case 'unreachable':
    case 'unclear':
      return '; whether it can pull this image is not known';
  }
}

function answer({ target, selection, registries }: ExplainedTarget): string {
  if (selection.some(({ selected }) => !selected)) return `${target} is not selected`;
  const able = registries.filter(({ canPull }) => canPull).length;
  const all = `${registries.length} ${registries.length === 1 ? 'registry' : 'registries'}`;
  if (registries.length === 0) return `${target} is selected, but no registry is meant for it`;
  return able === registries.length
    ? `${target} can pull from ${registries.length === 1 ? 'its' : 'all'} ${all}`
    : `${target} can pull from ${able} of ${all}`;
}

function selectionRow({ selection }: ExplainedTarget): Row {
  const refused = selection.find(({ selected }) => !selected);
  return refused === undefined
    ? { mark: 'good', cells: ['selected', selection.map(({ sentence }) => sentence).join('; ')] }
    : { mark: 'bad', cells: ['not selected', refused.sentence] };
}

function secretRow({ name, state, managedBy }: ExplainedSecret, { writtenAt, at }: ExplainedTarget): Row {
  const written = writtenAt[`Secret ${name}`];
  const since = written === undefined ? '' : `, written ${wallClock(written, at)},`;
  const [mark, says, remedy] = secretStates[state];
  const whose = managedBy === undefined ? '' : ` (managed by ${managedBy})`;
  return {
    mark,
    cells: ['Secret', `${name}${since} ${says}${whose}`],
    ...(remedy === undefined ? {} : { below: [`→ ${remedy}`] }),
  };
}

const secretStates = {
  matches: ['good', 'matches', undefined],
  older: [
    'warning',
    'is older than what the helper has',
    'it is rewritten within seconds; if not, look at the queues (status)',
  ],
  changed: ['bad', 'was changed by somebody else', 'a running helper repairs it; find out who changes it'],
  expired: ['bad', 'holds a credential that has expired', 'see the credential above; a running helper rewrites it'],
  missing: ['bad', 'is not there', 'a running helper writes it as soon as it has a credential: see above, and status'],
  'not-ours': ['bad', 'is not ours', 'take-over: "true" adopts it, --secret-name chooses another name'],
} as const satisfies Record<ExplainedSecret['state'], readonly [Mark, string, string | undefined]>;

function referenceRows({ target, references, writtenAt, at, secrets }: ExplainedTarget): readonly Row[] {
  if (secrets.length === 0) return [];
  const { accounts, attached, missing } = references;
  if (accounts === 0) return [{ mark: 'none', cells: ['reference', 'no account of the namespace is selected'] }];
  if (secrets.every(({ state }) => state === 'not-ours'))
    return [{ mark: 'none', cells: ['reference', 'none is attached to a Secret that is not ours'] }];
  const remedy = ['→ a running helper attaches it; what another controller undoes is a fight (see the Events)'];
  if (!target.includes('/')) {
    return missing.length === 0
      ? [{ mark: 'good', cells: ['reference', `${count(attached.length, 'account')} attached`] }]
      : [
          {
            mark: 'bad',
            cells: ['reference', `${attached.length} of ${accounts} accounts attached; not: ${some(missing)}`],
            below: remedy,
          },
        ];
  }
  const written = writtenAt[`ServiceAccount ${attached[0] ?? ''}`];
  return missing.length > 0
    ? [{ mark: 'bad', cells: ['reference', 'the account does not name the Secret'], below: remedy }]
    : [
        {
          mark: 'good',
          cells: ['reference', `attached${written === undefined ? '' : ` ${wallClock(written, at)}`}`],
        },
      ];
}

function podRows({ pods, secrets, repairPods, references }: ExplainedTarget): readonly Row[] {
  if (pods === undefined) return [{ mark: 'none', cells: ['pods', 'not looked at: they may not be listed'] }];
  const names = secrets.map(({ name }) => name);
  const stuck = pods.filter(({ cannotPull }) => cannotPull);
  const early = stuck.filter(({ pullSecrets }) => !names.some((name) => pullSecrets.includes(name)));
  const others = stuck.filter((pod) => !early.includes(pod));
  const isAttached = references.attached.length > 0;
  return [
    ...(early.length === 0 || names.length === 0
      ? []
      : [
          {
            mark: 'warning',
            cells: [
              'pods',
              `${count(early.length, 'pod')} cannot pull, ${isAttached ? 'admitted before the reference was there' : 'without the reference'}: ${some(early.map(({ name }) => name))} (repair-pods is ${repairPods ? 'on' : 'off'})`,
            ],
            below: ['→ delete them, so that their controller makes new ones'],
          } satisfies Row,
        ]),
    ...(others.length === 0
      ? []
      : [
          {
            mark: 'warning',
            cells: [
              'pods',
              `${count(others.length, 'pod')} cannot pull although the reference is there: ${some(others.map(({ name }) => name))}`,
            ],
            below: [`→ explain … --image ${others[0]?.images[0] ?? 'HOST/REPO:TAG'} asks the registry`],
          } satisfies Row,
        ]),
  ];
}

function imageRow({ image, host, secret, answer: said, unread }: ImageAnswer): Row {
  const by =
    secret === undefined ? `no Secret has a login for ${host}; without one` : `with the login of Secret ${secret}`;
  const row = (mark: Mark, says: string, ...remedies: readonly string[]): Row => ({
    mark,
    cells: ['image', `${image}: ${says} (${by})`],
    below: [...unread.map((problem) => `Secret not read: ${problem}`), ...remedies.map((remedy) => `→ ${remedy}`)],
  });
  switch (said.kind) {
    case 'pulls':
      return row('good', 'a pod would pull it');
    case 'no-such-image':
      return row('bad', 'the registry knows no such image', 'check the repository and the tag');
    case 'refused':
      return row('bad', `refused by ${said.by} with ${said.status}`, adviceWhenRefused(host, secret));
    case 'unreachable':
      return row('warning', `${host} gave no answer: ${said.problem}`, adviceWhenUnreachable(said.problem));
    case 'unclear':
      return row('warning', said.problem, 'try again later; if it stays so, look at the registry itself');
  }
}

function adviceWhenRefused(host: string, secret: string | undefined): string {
  if (secret !== undefined)
    return 'the login works for other repositories only, or has expired: check the rights of the identity';
  return isAlibabaHost(host)
    ? 'add the registry to acr-registry-info, or its domain to the entry'
    : 'a registry of ACR under a domain of your own: add the domain to its entry; any other registry: an entry with pullSecretRef';
}

function adviceWhenUnreachable(problem: string): string {
  return problem.includes('certificate')
    ? 'this machine does not trust the registry; nodes may, where its authority is installed: NODE_EXTRA_CA_CERTS=FILE trusts it here'
    : 'check the name of the host, and that it can be reached from here; a node may reach what this machine does not';
}

function some(names: readonly string[]): string {
  return names.length <= namesMax
    ? names.join(' ')
    : `${names.slice(0, namesMax).join(' ')} and ${names.length - namesMax} more`;
}

const namesMax = 5;
