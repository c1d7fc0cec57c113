import { historyMs, type History } from '../../../common/domain/status/history.ts';
import type { PageConfiguration, PageModel } from '../view/page-model.ts';

/** `lost`: nothing was heard for a while, since then, in ms since the epoch by the clock of the browser. */
export type Connection = { readonly state: 'live' } | { readonly state: 'lost'; readonly since: number };

/**
 * Keeps the model up to date by Server-Sent Events; where those do not come through (a proxy may hold them back, or the server has
 * too many listeners) by asking every few seconds. Answers with what ends it.
 */
export function followModel(
  first: PageModel | null,
  onModel: (model: PageModel) => void,
  onConnection: (connection: Connection) => void,
): () => void {
  let model = first;
  let heardAt = Date.now();
  const change = (part: Partial<PageModel>): void => {
    if (model === null) return;
    model = { ...model, ...part };
    onModel(model);
  };
  const heard = (): void => {
    heardAt = Date.now();
    onConnection({ state: 'live' });
  };
  const stopListening = listen(latestOf(model?.history), {
    heard,
    status: (status) => change({ status }),
    history: (more) => change({ history: joined(model?.history, more) }),
    configuration: (configuration) => change({ configuration }),
  });
  const ask = async (): Promise<void> => {
    const silentMs = Date.now() - heardAt;
    if (model !== null && silentMs < silenceMs) return;
    if (model !== null && silentMs > lostMs) onConnection({ state: 'lost', since: heardAt });
    // The browser sends the ETag of what it has, and takes that for the answer when nothing has changed.
    const answer = await fetch('api/page', { cache: 'no-cache' }).catch(() => undefined);
    if (answer?.ok !== true) return;
    model = (await answer.json()) as PageModel;
    onModel(model);
    heard();
  };
  const timer = setInterval(() => void ask(), askEveryMs);
  return () => {
    clearInterval(timer);
    stopListening();
  };
}

/** The server says something every two seconds. */
const silenceMs = 9000;
const lostMs = 12_000;
const askEveryMs = 3000;

type Listener = {
  readonly heard: () => void;
  readonly status: (status: PageModel['status']) => void;
  readonly history: (history: History) => void;
  readonly configuration: (configuration: PageConfiguration) => void;
};

/** The browser connects anew by itself. */
function listen(since: number, listener: Listener): () => void {
  const source = new EventSource(`api/events?since=${since}`);
  const on = (name: string, take: (data: string) => void): void =>
    source.addEventListener(name, (event) => {
      listener.heard();
      take((event as MessageEvent<string>).data);
    });
  on('alive', () => undefined);
  on('status', (data) => listener.status(JSON.parse(data) as PageModel['status']));
  on('history', (data) => listener.history(JSON.parse(data) as History));
  on('configuration', (data) => listener.configuration(JSON.parse(data) as PageConfiguration));
  return () => source.close();
}

function latestOf(history: History | undefined): number {
  const { samples = [], attempts = [] } = history ?? {};
  return Math.max(0, samples.at(-1)?.at ?? 0, ...attempts.map(({ seenAt }) => seenAt));
}

/** A stream that begins anew may repeat something. */
function joined(before: History | undefined, more: History): History {
  if (before === undefined) return more;
  const knownSamples = new Set(before.samples.map(({ at }) => at));
  const knownAttempts = new Set(before.attempts.map(({ sourceId, at }) => `${sourceId} ${at}`));
  const samples = [...before.samples, ...more.samples.filter(({ at }) => !knownSamples.has(at))];
  const attempts = [
    ...before.attempts,
    ...more.attempts.filter(({ sourceId, at }) => !knownAttempts.has(`${sourceId} ${at}`)),
  ];
  const oldest = (samples.at(-1)?.at ?? 0) - historyMs;
  return { samples: samples.filter(({ at }) => at > oldest), attempts: attempts.filter(({ at }) => at > oldest) };
}
