import { failureCatalog } from '../../common/domain/failure-catalog.ts';

const reactions = {
  retry: 'The program tries again by itself, soon, with growing pauses.',
  'read-again': 'The program reads what is there now and plans again, at once.',
  'retry-slowly': 'Only a person can mend it. The program looks again every few minutes.',
  'give-up': 'The program stops trying: the same input would give the same answer.',
} as const;

/** `docs/failure-modes.md`. */
export function renderFailureModesPage(): string {
  const sections = Object.entries(failureCatalog).map(
    ([code, { reaction, hint }]) => `## ${code}\n\n${reactions[reaction]}\n\n**What to do:** ${hint}.\n`,
  );
  return `# Failure modes

Every failure has a code, which stands in log lines and error messages. What was written before stays in force during any of
them: a credential stays in its Secrets until its own expiry, and a configuration until a better one.

${sections.join('\n')}`;
}
