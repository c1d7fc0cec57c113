import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Row } from './scenario.ts';

/** The rows as Markdown. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map(({ work, mode, measured, floor = '', ratio = '', goal }) => [
    work,
    mode,
    measured,
    floor,
    ratio,
    goal,
  ]);
  const lines = [['work', 'helper', 'measured', 'floor', '÷ floor', 'goal'], Array(6).fill('---'), ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** What it was measured on. */
export function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, ${gigabytes} GB, ${process.platform}`,
    `Node ${process.version}`,
    `commit ${commit()}`,
  ].join('; ');
}

/** The page that holds the last result. */
export function renderPage(rows: readonly Row[], command: string, day: string): string {
  return `# Performance

The last result of \`${command}\`, of ${day}. ${describeMachine()}.

Everything runs on these cores: etcd and the API server (Kubernetes 1.36), Redis, the simulated cloud, the helper, and whoever
measures. The **floor** is the same writes, sent as fast as the API server takes them by a bare client with 32 keep-alive
connections: Secrets by server-side apply, references by JSON patch, rotations by merge patch. \`distributed\` is two watchers, two
writers and a fetcher over Redis. Several runs are taken; the median counts. Requests are counted by the API server.

${renderTable(rows)}

\`npm run bench -- NAME…\` measures single rows, and says the names; \`--rounds\`, \`--quiet-seconds\`, \`--stop-seconds\`, \`--load-seconds\`
change how long; \`--program FILE\` measures another build; \`--write\` writes this page.
`;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}
