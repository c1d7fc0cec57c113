/** A handle of libuv as the diagnostic report of Node shows it. Source: https://nodejs.org/docs/latest-v20.x/api/report.html */
type Handle = {
  readonly type: string;
  readonly is_active: boolean;
  readonly is_referenced: boolean;
  readonly pid?: number;
  readonly filename?: string;
  readonly firesInMsFromNow?: number;
  readonly localEndpoint?: Endpoint | null;
  readonly remoteEndpoint?: Endpoint | null;
};

type Endpoint = { readonly host?: string; readonly port?: number };

/** What keeps this process from ending, a line each: servers, connections, timers, children. */
export function openHandles(): readonly string[] {
  // Otherwise it asks a name server for the name of every address.
  Object.assign(process.report, { excludeNetwork: true });
  const { libuv } = process.report.getReport() as unknown as { readonly libuv: readonly Handle[] };
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate');
  const handles = libuv.filter((handle) => handle.is_active && handle.is_referenced && handle.type !== 'loop');
  return [...handles.map(describe), ...timers];
}

function describe({ type, pid, filename, firesInMsFromNow, localEndpoint, remoteEndpoint }: Handle): string {
  const details = [
    pid === undefined ? '' : `process ${pid}`,
    filename ?? '',
    firesInMsFromNow === undefined ? '' : `in ${firesInMsFromNow} ms`,
    endpoint('on', localEndpoint),
    endpoint('to', remoteEndpoint),
  ];
  return [type, ...details.filter((detail) => detail !== '')].join(' ');
}

function endpoint(word: string, at: Endpoint | null | undefined): string {
  return at?.port === undefined ? '' : `${word} ${at.host ?? ''}:${at.port}`;
}
