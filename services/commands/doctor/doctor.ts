import { Failure, toFailure } from '../../../common/domain/failure.ts';
import { renderRows, type Row, type ScreenOptions } from '../screen/screen.ts';
import { checkTable, type Check } from './check-table.ts';
import type { DoctorWorld, Finding } from './doctor-world.ts';

/** What one check found, under its name. */
export type Diagnosis = Finding & { readonly check: string };

/** Runs every check at the same time, none for longer than `seconds`, and tells of each in the order of the table as soon as it can. */
export async function diagnose(
  world: Omit<DoctorWorld, 'signal'>,
  seconds: number,
  tell: (diagnoses: readonly Diagnosis[]) => void,
  checks: readonly Check[] = checkTable,
): Promise<readonly Diagnosis[]> {
  const all: Diagnosis[] = [];
  for (const running of checks.map((check) => runCheck(check, world, seconds))) {
    const found = (await running).map((each) => withoutRepetition(each, all));
    tell(found);
    all.push(...found);
  }
  return all;
}

/** One cause is one thing to mend, however many checks it stops. */
function withoutRepetition(diagnosis: Diagnosis, before: readonly Diagnosis[]): Diagnosis {
  const cause = before.find(({ mark, says }) => mark === 'bad' && diagnosis.mark === 'bad' && says === diagnosis.says);
  return cause === undefined
    ? diagnosis
    : { check: diagnosis.check, mark: 'none', says: `not looked at: see ${cause.check}` };
}

async function runCheck(
  { id, run }: Check,
  world: Omit<DoctorWorld, 'signal'>,
  seconds: number,
): Promise<readonly Diagnosis[]> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const tooLate = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Failure('check-timed-out', `no answer within ${seconds} s`)));
  });
  try {
    const found = await Promise.race([run({ ...world, signal }), tooLate]);
    return [found].flat().map((finding) => ({ check: id, ...finding }));
  } catch (error) {
    const { message, hint } = toFailure(error);
    return [{ check: id, mark: 'bad', says: message, remedy: hint }];
  }
}

/** One line a finding, with the remedy under it. */
export function renderDiagnoses(diagnoses: readonly Diagnosis[], options: ScreenOptions): readonly string[] {
  return renderRows(
    diagnoses.map(({ mark, check, says, remedy }): Row => ({
      mark,
      cells: [check.padEnd(idWidth), says],
      ...(remedy === undefined ? {} : { below: [`→ ${remedy}`] }),
    })),
    options,
  );
}

const idWidth = 'configuration'.length;

/** The last line: what the exit code means. */
export function verdict(diagnoses: readonly Diagnosis[]): { readonly exitCode: 0 | 1; readonly sentence: string } {
  const bad = diagnoses.filter(({ mark }) => mark === 'bad').length;
  const warnings = diagnoses.filter(({ mark }) => mark === 'warning').length;
  if (bad > 0)
    return { exitCode: 1, sentence: `${bad} to mend before a helper can work here as configured. Exit code 1.` };
  return {
    exitCode: 0,
    sentence:
      warnings === 0
        ? 'A helper can work here. Exit code 0.'
        : `A helper can work here; ${warnings} to look at. Exit code 0.`,
  };
}
