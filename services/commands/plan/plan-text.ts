import type { PlannedChange } from '../../../common/domain/plan/planned-change.ts';
import { count, paint, type Mark, type ScreenOptions } from '../screen/screen.ts';
import type { PlanResult } from './plan.ts';

/** One line of the diff, aligned with the others as far as names allow. */
export function renderChange(
  { mark, kind, namespace, name, detail }: PlannedChange,
  { colour }: ScreenOptions,
): string {
  const sign = paint(mark, marks[mark], colour);
  return `  ${sign} ${kind.padEnd(kindWidth)}  ${`${namespace}/${name}`.padEnd(nameWidth)}  ${detail}`;
}

/** The lines under the diff: one to sum up, and what to know about it. */
export function renderSummary(
  { counts, heldBack, regionUnknown }: PlanResult,
  configMap: string,
  hash: string | undefined,
): readonly string[] {
  const parts = phrases.flatMap(([actions, noun, verb]) => {
    const number = actions.reduce((sum, action) => sum + (counts[action] ?? 0), 0);
    return number === 0 ? [] : [`${noun === '' ? number : count(number, noun)} ${verb}`];
  });
  return [
    ...(heldBack === undefined
      ? []
      : [
          `! The helper would hold this back: ${heldBack.detached + heldBack.loggedOut} of ${heldBack.attached} that pull today would not any more.`,
          hash === undefined
            ? `  → once it is applied, annotate ConfigMap ${configMap} with acr-credential-helper/confirm=HASH; plan tells the hash then`
            : `  → annotate ConfigMap ${configMap} with acr-credential-helper/confirm=${hash}`,
        ]),
    ...(regionUnknown
      ? [
          '! The cluster’s own region is not known here; entries without regionId are planned all the same (--region names it).',
        ]
      : []),
    parts.length === 0
      ? 'Plan: nothing to do. Nothing was written.'
      : `Plan: ${parts.join(', ')}. Nothing was written.`,
  ];
}

const kindWidth = 'ServiceAccount'.length;
const nameWidth = 52;
const marks = { '+': 'good', '~': 'warning', '-': 'bad', '!': 'warning' } as const satisfies Record<
  PlannedChange['mark'],
  Mark
>;

const phrases: readonly (readonly [actions: readonly PlannedChange['action'][], noun: string, verb: string])[] = [
  [['create-secret'], 'Secret', 'to create'],
  [['rewrite-secret', 'repair-secret', 'take-over-secret'], 'Secret', 'to rewrite'],
  [['delete-secret'], 'Secret', 'to delete'],
  [['attach'], 'account', 'to attach'],
  [['detach'], '', 'to detach'],
  [['leave-alone'], '', 'left alone'],
];
