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

${overRedis}`;
}

/** Why goals over Redis are missed. Measured by hand: CPU by /proc, steps by the MONITOR of Redis. */
const overRedis = `## Over Redis: where the time goes

The same two cores run everything, so what counts is CPU. A first start of 500 × 4 costs (seconds of CPU, all processes):

| who | CPU |
| --- | --- |
| API server and etcd, for 2,500 writes and the watches | 2.8 s |
| starting five Node processes, before they do anything | 1.2 s |
| two writers, above that | 1.6 s |
| two watchers, above that | 0.8 s |
| Redis | 0.3 s |

That is 6.7 s, and so 3.4 s on two cores. Within 1.5 × the floor (2.1 s) there are 4.2 s of CPU: what the API server takes and what five
processes take to start. On two cores the goal can only be had by fewer processes; standalone is one.

A new account, alone, half of them sooner than this after the answer to its creation (the machine was busy: the API server took 4.6 ms for
the creation itself):

| step | ms |
| --- | --- |
| the first of two watchers stores it | 0.9 |
| it publishes the namespace, in one step | 2.4 |
| BullMQ wakes a writer, which takes the job | 3.5 |
| the writer has begun, and reads all that it needs, at once | 5.9 |
| the reference is there, as seen from outside | 10.5 |

Of the wait for a writer a good part goes by because BullMQ wakes both: a job that is taken leaves a marker for whoever else may find another.
`;

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}
