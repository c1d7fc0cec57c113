import { isKnownRegion, isRegionId, regionMeant } from './regions.ts';
import { shorten, type Report } from '../problems/problem.ts';
import { bareValue, reportValue, type TextValue } from './text-value.ts';

/** `cri-…`. Nothing else may get into a signed request. */
export function readInstanceId(value: TextValue, report: Report): string | undefined {
  const bare = bareValue(value, report);
  const { text } = bare;
  if (text === '' || /^cri-[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return text;
  const shown = shorten(text);
  if (/^crpi-/i.test(text)) {
    const message = `"${shown}" is a Personal Edition instance`;
    reportValue(report, bare, 'instance-format', message, '"" for Personal Edition (instances created by 2024-09-08)');
  } else if (/^cri-[a-z0-9-]{1,63}$/i.test(text)) {
    reportValue(report, bare, 'instance-format', `"${shown}" has upper-case letters`, text.toLowerCase());
  } else if (/^cri-[a-z0-9-]*[\s,;]+cri-/.test(text)) {
    reportValue(report, bare, 'instance-format', `"${shown}" is more than one instance`, 'an entry for each of them');
  } else if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text)) {
    reportValue(
      report,
      bare,
      'instance-format',
      `"${shown}" is a host`,
      'it as domains, and the id cri-… as instanceId',
    );
  } else {
    const message = `"${shown}" is not the id of an instance`;
    const write = 'cri-… as the ACR console shows it, or "" for Personal Edition';
    reportValue(report, bare, 'instance-format', message, write);
  }
  return undefined;
}

/** A region becomes part of a host name, so its letters are checked; an unknown one is only warned about, new ones open. */
export function readRegionId(value: TextValue, report: Report): string | undefined {
  const bare = bareValue(value, report);
  const { text } = bare;
  const lower = text.toLowerCase();
  if (lower !== text && isKnownRegion(lower)) {
    reportValue(report, bare, 'letter-case', `${text} was read in lower case`, lower);
    return lower;
  }
  const meant = regionMeant(text);
  if (!isRegionId(text)) {
    const message = `"${shorten(text)}" is not the id of a region`;
    reportValue(report, bare, 'region-format', message, meant ?? 'such as cn-hangzhou');
    return undefined;
  }
  if (!isKnownRegion(text)) {
    const message = `${text} is not among the known regions; it is used as it is`;
    const unknown = 'the id as the Alibaba Cloud console shows it, if this is a slip';
    reportValue(report, bare, 'region-unknown', message, meant === undefined ? unknown : `did you mean ${meant}?`);
  }
  return text;
}

/** `acs:ram::<account>:role/<name>` or `acs:ram::<account>:oidc-provider/<name>`. Source: RAM documentation, "ARN". */
export function readArn(
  value: TextValue,
  name: string,
  type: 'role' | 'oidc-provider',
  report: Report,
): string | undefined {
  const bare = bareValue(value, report);
  const { text } = bare;
  if (new RegExp(`^acs:ram::\\d{1,20}:${type}/[\\w.@-]{1,128}$`).test(text)) return text;
  const example = `acs:ram::1234567890123456:${type}/name`;
  const shown = shorten(text);
  const other = type === 'role' ? 'oidc-provider' : 'role';
  if (text.startsWith('acs:ram:') && text.includes(`:${other}/`)) {
    reportValue(
      report,
      bare,
      'arn-format',
      `${name} wants the ARN of ${article[type]}, "${shown}" is that of ${article[other]}`,
      example,
    );
  } else if (/^acs:ram::[^:]*:/.test(text) && !/^acs:ram::\d+:/.test(text)) {
    reportValue(
      report,
      bare,
      'arn-format',
      `"${shown}" has no account number: digits are expected after "acs:ram::"`,
      example,
    );
  } else {
    reportValue(report, bare, 'arn-format', `"${shown}" is not the ARN of ${article[type]}`, example);
  }
  return undefined;
}

const article = { role: 'a RAM role', 'oidc-provider': 'an OIDC provider' } as const;

/** A DNS subdomain, as every Secret's name is. */
export function readSecretName(value: TextValue, report: Report): string | undefined {
  const bare = bareValue(value, report);
  const { text } = bare;
  if (text.length <= 253 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text) && !text.includes('..')) return text;
  const message = text.includes('/')
    ? `"${shorten(text)}" names a namespace too`
    : `"${shorten(text)}" is not the name of a Secret`;
  reportValue(
    report,
    bare,
    'secret-name-format',
    message,
    'the name alone; the Secret is looked for in the helper’s namespace',
  );
  return undefined;
}
