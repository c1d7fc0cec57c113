import { openTerminal, readOutputFormat } from '../screen/terminal.ts';
import { fetchStatus } from './fetch-status.ts';
import { renderStatus } from './status-text.ts';

/** `status` of the running helper; as JSON with a row for every namespace. Exit code 1: pulls fail, or nobody knows. Throws `Failure`. */
export async function printStatus(opsUrl: unknown, output: unknown): Promise<number> {
  const format = readOutputFormat(output);
  const terminal = openTerminal();
  const status = await fetchStatus(opsUrl, format === 'json');
  if (format === 'json') terminal.write(JSON.stringify(status, undefined, 2));
  else renderStatus(status, terminal).forEach(terminal.write);
  return status.headline.level === 'bad' ? 1 : 0;
}
