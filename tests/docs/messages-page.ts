import { catalog } from '../../queues/catalog.ts';

const walks: Readonly<
  Record<keyof typeof catalog, { readonly does: string; readonly from: string; readonly to: string }>
> = {
  'namespace.sync': { does: 'make one namespace match', from: 'watcher, fan-out', to: 'writer' },
  'namespace.sync-all': { does: 'name every namespace', from: 'watcher, fetcher', to: 'writer' },
  'namespace.sweep': {
    does: 'look whether something was missed, in a twentieth of the namespaces',
    from: 'tick',
    to: 'writer',
  },
  'pod.repair': { does: 'evict one pod that hangs, if its replacement could pull', from: 'watcher', to: 'writer' },
  'credential.restore': { does: 'take back what our own Secrets still hold', from: 'watcher', to: 'writer' },
  'credential.refresh': { does: 'treat what a changed Secret gave us as outdated', from: 'watcher', to: 'fetcher' },
  'credential.renew-due': { does: 'ask for every credential that is due', from: 'watcher, tick', to: 'fetcher' },
  'admission.register': {
    does: 'keep policies and webhook configurations in step with the configuration',
    from: 'watcher, fan-out',
    to: 'writer',
  },
  'credential.fetch': { does: 'fetch one credential', from: 'renewer', to: 'fetcher of the pool' },
};

/** `docs/messages.md`. */
export function renderMessagesPage(): string {
  const rows = Object.entries(catalog).map(([name, { concurrency, retry }]) => {
    const { does, from, to } = walks[name as keyof typeof catalog];
    return `| \`${name}\` | ${does} | ${from} | ${to} | ${concurrency} | ${retry.firstSeconds}–${retry.maxSeconds} s |`;
  });
  return `# Messages

A message is a name; the state is looked up by whoever handles it. It may come late, twice or merged with another and is still
right. At most one message of a key is handled at a time and at most one more waits. The list is \`queues/catalog.ts\`.

| message | asks to | sent by | handled by | at once, per process | back-off |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
