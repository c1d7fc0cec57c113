import { Failure } from './failure.ts';
import { SecretText } from './secret-text.ts';

/** Which Redis is meant, and how it is reached. */
export type RedisTarget = RedisAccess &
  (
    | { readonly kind: 'single'; readonly address: RedisAddress; readonly database: number }
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly RedisAddress[];
        readonly masterName: string;
        readonly database: number;
        /** What the Sentinels themselves ask for; the user and password of the URL are for the Redis behind them. */
        readonly sentinelUsername?: string | undefined;
        readonly sentinelPassword?: SecretText | undefined;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] }
  );

export type RedisAddress = { readonly host: string; readonly port: number };

type RedisAccess = {
  readonly tls: boolean;
  /** Absent: the user `default`. */
  readonly username?: string | undefined;
  readonly password?: SecretText | undefined;
};

/**
 * Reads the URL of a Redis:
 *
 * - `redis://[[user]:password@]host[:6379][/database]`
 * - `redis-sentinel://[[user]:password@]host[:26379],…/master-name[/database][?sentinel-password=…&sentinel-username=…]`
 * - `redis-cluster://[[user]:password@]host[:6379],…`
 *
 * `rediss` in place of `redis` speaks TLS. User and password are percent-decoded.
 *
 * Throws `setting-invalid`; its message never holds the user, the password or the query.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const [, scheme = '', rest = ''] = /^([a-z-]+):\/\/(.*)$/i.exec(text.trim()) ?? [];
  const tls = scheme.toLowerCase().startsWith('rediss');
  const { userinfo, hosts, path, query } = splitRest(rest);
  const refuse = (problem: string): Failure =>
    new Failure('setting-invalid', `the Redis URL ${maskUrl(text)} cannot be used: ${problem}`, {
      hint: 'write redis://[user:password@]host:port/database, redis-sentinel://host,host/master-name or redis-cluster://host,host (rediss… for TLS)',
    });

  switch (scheme.toLowerCase().replace(/^rediss/, 'redis')) {
    case 'redis': {
      const addresses = readAddresses(hosts, 6379, refuse);
      const [address] = addresses;
      if (address === undefined || addresses.length > 1) {
        throw refuse('redis:// takes one host; for several write redis-sentinel:// or redis-cluster://');
      }
      if (query !== '') throw refuse('it takes no query');
      const [database, ...more] = path;
      if (more.length > 0) throw refuse('only a database number may follow the host');
      return { kind: 'single', tls, address, database: readDatabase(database, refuse), ...readUser(userinfo, refuse) };
    }
    case 'redis-sentinel': {
      const [masterName, database, ...more] = path;
      if (masterName === undefined) throw refuse('the name of the master must follow the hosts: /master-name');
      if (more.length > 0) throw refuse('only a database number may follow the name of the master');
      return {
        kind: 'sentinel',
        tls,
        sentinels: readAddresses(hosts, 26_379, refuse),
        masterName: decode(masterName, refuse),
        database: readDatabase(database, refuse),
        ...readUser(userinfo, refuse),
        ...readSentinelUser(query, refuse),
      };
    }
    case 'redis-cluster':
      if (path.some((part) => part !== '0'))
        throw refuse('a Redis Cluster has no databases: nothing may follow the hosts');
      if (query !== '') throw refuse('it takes no query');
      return { kind: 'cluster', tls, nodes: readAddresses(hosts, 6379, refuse), ...readUser(userinfo, refuse) };
    default:
      throw refuse(
        'it must begin with redis://, rediss://, redis-sentinel://, rediss-sentinel://, redis-cluster:// or rediss-cluster://',
      );
  }
}

/** What may be logged of a target: no user, no password. */
export function describeRedisTarget(target: RedisTarget): string {
  const scheme = target.tls ? 'rediss' : 'redis';
  switch (target.kind) {
    case 'single':
      return `${scheme}://${describeAddress(target.address)}/${String(target.database)}`;
    case 'sentinel':
      return `${scheme}-sentinel://${target.sentinels.map(describeAddress).join(',')}/${target.masterName}/${String(target.database)}`;
    case 'cluster':
      return `${scheme}-cluster://${target.nodes.map(describeAddress).join(',')}`;
  }
}

type Refuse = (problem: string) => Failure;

/**
 * The last `@` ends the user and password, so that `/`, `?`, `#` and `@` in a password work even where somebody forgot to
 * percent-encode them: nothing behind it may hold one.
 */
function splitRest(rest: string): { userinfo: string | undefined; hosts: string; path: string[]; query: string } {
  const at = rest.lastIndexOf('@');
  const [, hosts = '', path = '', query = ''] = /^([^/?]*)([^?]*)\??(.*)$/.exec(rest.slice(at + 1)) ?? [];
  return {
    userinfo: at < 0 ? undefined : rest.slice(0, at),
    hosts,
    path: path.split('/').filter((part) => part !== ''),
    query,
  };
}

/** The URL without what may be secret in it: before the last `@`, and the query. */
function maskUrl(text: string): string {
  const shown = text
    .trim()
    .replace(/^([a-z-]{1,20}:\/\/)?.*@/is, '$1***@')
    .replace(/\?.*$/s, '?***');
  return `"${shown.slice(0, 200)}"`;
}

function readAddresses(hosts: string, defaultPort: number, refuse: Refuse): readonly RedisAddress[] {
  return hosts.split(',').map((item) => {
    const [, host, port] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(item.trim()) ?? [];
    if (host === undefined) {
      throw refuse('each host must be a name or an address, with a port after a colon (IPv6 in brackets)');
    }
    const number = port === undefined ? defaultPort : Number(port);
    if (number < 1 || number > 65_535) throw refuse('a port must be between 1 and 65535');
    return { host: host.replace(/^\[(.*)\]$/, '$1'), port: number };
  });
}

function readUser(userinfo: string | undefined, refuse: Refuse): Omit<RedisAccess, 'tls'> {
  if (userinfo === undefined || userinfo === '' || userinfo === ':') return {};
  const colon = userinfo.indexOf(':');
  if (colon < 0) throw refuse('before the @ stands a user without a password: write :password@ or user:password@');
  const username = decode(userinfo.slice(0, colon), refuse);
  const password = decode(userinfo.slice(colon + 1), refuse);
  if (password === '') throw refuse('the password before the @ is empty');
  return { ...(username === '' ? {} : { username }), password: new SecretText(password) };
}

function readSentinelUser(
  query: string,
  refuse: Refuse,
): { readonly sentinelUsername?: string; readonly sentinelPassword?: SecretText } {
  const parameters = new URLSearchParams(query);
  const known = new Set(['sentinel-username', 'sentinel-password']);
  if ([...parameters.keys()].some((name) => !known.has(name))) {
    throw refuse('only sentinel-username and sentinel-password may stand in the query');
  }
  const username = parameters.get('sentinel-username');
  const password = parameters.get('sentinel-password');
  return {
    ...(username === null ? {} : { sentinelUsername: username }),
    ...(password === null ? {} : { sentinelPassword: new SecretText(password) }),
  };
}

function readDatabase(text: string | undefined, refuse: Refuse): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text)) throw refuse('the database must be a number');
  return Number(text);
}

function decode(text: string, refuse: Refuse): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('a % that does not begin an escape must be written as %25');
  }
}

function describeAddress(address: RedisAddress): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${String(address.port)}`;
}
