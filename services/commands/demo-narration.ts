import type { Happening, Report } from '../../common/domain/happening.ts';

/** Writes a readable live account of what the helper does, one line each, with the seconds since the start. */
export class Narration {
  readonly #write: (line: string) => void;
  readonly #clock: () => number;
  readonly #startedAt: number;
  #bulk: Bulk | undefined;
  #hasEnded = false;

  constructor(write: (line: string) => void, clock: () => number) {
    this.#write = write;
    this.#clock = clock;
    this.#startedAt = clock();
  }

  /** A line without a time: what is where. */
  part(name: string, text: string): void {
    this.#write(`  ${name.padEnd(10)} ${text}`);
  }

  text(...lines: readonly string[]): void {
    for (const line of lines) this.#write(line === '' ? '' : `  ${line}`);
  }

  /** A line with the time. */
  say(text: string): void {
    const seconds = ((this.#clock() - this.#startedAt) / 1000).toFixed(1);
    this.#write(`  ${`+${seconds} s`.padEnd(10)} ${text}`);
  }

  /** The last line: what is cut off by stopping is no news. */
  end(text: string): void {
    this.say(text);
    this.#hasEnded = true;
  }

  readonly listen: Report = (happening) => {
    if (this.#hasEnded) return;
    const sentence = this.#sentenceOf(happening);
    if (sentence !== undefined) this.say(sentence);
  };

  #sentenceOf(happening: Happening): string | undefined {
    switch (happening.kind) {
      case 'configuration-accepted':
        return `configuration accepted: ${count(happening.registries, 'registry', 'registries')}`;
      case 'configuration-refused':
        return `configuration refused: ${happening.problems.join('; ')}`;
      case 'credential-stored': {
        const { source, domains, expiresAt, renewed, beforeExpirySeconds } = happening;
        const until = `expires in ${Math.round((expiresAt - this.#clock()) / 1000)} s`;
        return renewed
          ? `${source}   renewed ${Math.round(beforeExpirySeconds ?? 0)} s before expiry, ${until}`
          : `${source}   token fetched, ${count(domains, 'domain', 'domains')}, ${until}`;
      }
      case 'credential-failed':
        return `${happening.source}   no credential: ${happening.failure.message}\n             → ${happening.failure.hint}`;
      case 'namespace-synced':
        return happening.cause === 'fan-out' ? this.#collect(happening) : this.#served(happening);
      case 'watch-interrupted':
        return `watch of ${happening.watch} interrupted: ${happening.failure.message}`;
      case 'message-failed':
        return `${happening.message} ${happening.key}: ${happening.failure.message}`;
      case 'store-lost':
        return `Redis: ${happening.problem}`;
      case 'store-restored':
        return 'Redis: the connection is back';
      case 'configuration-held-back':
        return `configuration held back: it would stop ${happening.detached + happening.loggedOut} of ${happening.attached} accounts`;
      case 'fight-recognised':
        return `${happening.namespace}: somebody keeps undoing our change of ${happening.object}; it is made once a minute from now on`;
      case 'fight-ended':
        return `${happening.namespace}: nobody undoes our change of ${happening.object} any more`;
      case 'secret-made-anew':
        return `${happening.namespace}: ${happening.secret} could not be changed in place and was made anew`;
      case 'namespace-blocked':
        return `${happening.namespace}: ${happening.failure.message}`;
      case 'pod-evicted':
        return `${happening.namespace}: pod ${happening.pod} evicted, so that its replacement can pull`;
      case 'admission-waiting':
        return `the webhook is not registered yet: ${happening.failure.message}`;
      case 'admission-registered':
      case 'admission-object-written':
      case 'webhook-certificate-changed':
      case 'webhook-listening':
      case 'webhook-stopped':
      case 'events-not-counted':
      case 'namespace-recovered':
      case 'configuration-missing':
      case 'region-unknown':
      case 'cluster-observed':
      case 'watch-recovered':
      case 'watch-listed':
      case 'cluster-restored':
      case 'secret-left-alone':
      case 'pod-not-evicted':
      case 'write-conflicted':
      case 'message-rejected':
      case 'configuration-seen':
      case 'hosts-refused':
      case 'message-handled':
      case 'seal-key-missing':
      case 'credential-restored':
      case 'traces-lost':
      case 'traces-restored':
        return undefined;
    }
  }

  #served({ namespace, writes, attached, seconds }: Synced): string {
    const secrets = writes.filter((action) => action.endsWith('-secret')).length;
    const parts = [
      ...(secrets > 0 ? [count(secrets, 'Secret written', 'Secrets written')] : []),
      ...(attached.length > 0 ? [`${attached.map((name) => `"${name}"`).join(', ')} attached`] : []),
    ];
    return `namespace "${namespace}" served in ${Math.round(seconds * 1000)} ms ─ ${parts.join(', ') || writes.join(', ')}`;
  }

  /** Namespaces that are served together get one line. */
  #collect({ writes, attached }: Synced): undefined {
    this.#bulk ??= this.#startBulk();
    this.#bulk.namespaces += 1;
    this.#bulk.accounts += attached.length;
    this.#bulk.rewritten += writes.filter((action) => action === 'rewrite-secret').length;
    this.#bulk.writes += writes.length;
    return undefined;
  }

  #startBulk(): Bulk {
    setTimeout(() => this.#tellBulk(), 300);
    return { namespaces: 0, accounts: 0, rewritten: 0, writes: 0 };
  }

  #tellBulk(): void {
    if (this.#bulk === undefined || this.#hasEnded) return;
    const { namespaces, accounts, rewritten, writes } = this.#bulk;
    this.#bulk = undefined;
    const what =
      rewritten > 0
        ? `${count(rewritten, 'Secret', 'Secrets')} rewritten`
        : `${count(accounts, 'account', 'accounts')} attached`;
    this.say(
      `${count(namespaces, 'namespace', 'namespaces')} served together, ${what}, ${count(writes, 'write', 'writes')}`,
    );
  }
}

type Synced = Extract<Happening, { kind: 'namespace-synced' }>;

type Bulk = { namespaces: number; accounts: number; rewritten: number; writes: number };

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
