import { splitCommaList } from './comma-list.ts';
import { shorten, type Report } from '../problems/problem.ts';
import { reportValue, type TextValue } from './text-value.ts';

/** The items of `domains`, wherever they were written: `host` or `host:port`. Absent: something was wrong. */
export function readDomains(values: readonly TextValue[], report: Report): readonly string[] | undefined {
  const domains = new Set<string>();
  let broken = false;
  for (const value of values) {
    for (const item of splitCommaList(value, report)) {
      const domain = readDomain(item, report);
      if (domain === undefined) broken = true;
      else if (domains.has(domain))
        reportValue(report, item, 'duplicate-item', `${domain} is listed twice`, `${domain} once`);
      else domains.add(domain);
    }
  }
  return broken ? undefined : [...domains];
}

function readDomain(item: TextValue, report: Report): string | undefined {
  const host = hostOfUrl(item.text);
  const text = host ?? item.text;
  const reason = whyNotADomain(text);
  if (reason !== undefined) {
    reportValue(report, item, 'domain-format', reason.message, reason.write);
    return undefined;
  }
  const lower = text.toLowerCase();
  if (host !== undefined) {
    reportValue(report, item, 'url-for-host', `${shorten(item.text)} was read as ${shorten(lower)}`, shorten(lower));
  } else if (lower !== text) reportValue(report, item, 'letter-case', `${shorten(text)} was read in lower case`, lower);
  return lower;
}

/** `https://host` and `host/`: container runtimes take both for the host, so the original works with them. */
function hostOfUrl(text: string): string | undefined {
  const [, scheme = '', host, slash = ''] = /^(https?:\/\/)?([^/?#\\@\s]+)(\/?)$/i.exec(text) ?? [];
  return scheme === '' && slash === '' ? undefined : host;
}

function whyNotADomain(text: string): { readonly message: string; readonly write: string } | undefined {
  const shown = shorten(text);
  const bare = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/[/?#].*$/s, '');
  if (text.includes('://')) return { message: `"${shown}" has a scheme`, write: shorten(withoutUser(bare)) };
  if (/\s/.test(text))
    return { message: `"${shown}" has a space in it`, write: shorten(text.trim().replaceAll(/\s+/g, ',')) };
  if (text.includes('@'))
    return { message: 'a domain has no user name or password', write: shorten(withoutUser(bare)) };
  if (/[/?#\\]/.test(text)) return { message: `"${shown}" has a path`, write: shorten(bare) };
  if (text.includes('*'))
    return {
      message: `"${shown}" has a wildcard`,
      write: 'each host by its full name, or no domains at all for every domain of the instance',
    };
  if (text.length > 259)
    return { message: `a domain has at most 253 characters, this has ${text.length}`, write: 'the host name' };
  const [, host = '', port] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) {
    return {
      message: `"${shown}" has no port from 1 to 65535 after ":"`,
      write: `${shorten(host)} or ${shorten(host)}:5000`,
    };
  }
  if (!hostName.test(host) || host.length > 253)
    return {
      message: `"${shown}" is not a host name`,
      write: 'letters, digits, "-" and "." as in registry.cn-hangzhou.aliyuncs.com',
    };
  if (!host.includes('.') && port === undefined && host !== 'localhost') {
    return {
      message: `"${shown}" has no dot: an image of that name would be looked for at Docker Hub`,
      write: 'the full host name',
    };
  }
  return undefined;
}

const hostName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

function withoutUser(text: string): string {
  return text.slice(text.lastIndexOf('@') + 1);
}
