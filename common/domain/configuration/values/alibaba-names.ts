import { editDistance } from '../problems/nearest-name.ts';
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
  } else {
    const message = `"${shown}" is not the id of an instance`;
    reportValue(
      report,
      bare,
      'instance-format',
      message,
      'cri-… as the ACR console shows it, or "" for Personal Edition',
    );
  }
  return undefined;
}

/** A region becomes part of a host name, so its letters are checked; an unknown one is only warned about, new ones open. */
export function readRegionId(value: TextValue, report: Report): string | undefined {
  const bare = bareValue(value, report);
  const { text } = bare;
  if (!/^[a-z]{2,8}(?:-[a-z0-9]{1,16}){1,5}$/.test(text)) {
    const lower = text.toLowerCase();
    const write = text !== lower && knownRegions.includes(lower) ? lower : 'such as cn-hangzhou';
    reportValue(report, bare, 'region-format', `"${shorten(text)}" is not the id of a region`, write);
    return undefined;
  }
  if (!knownRegions.includes(text)) {
    const near = knownRegions.find((region) => editDistance(region, text) <= 2);
    const write =
      near === undefined ? 'the id as the Alibaba Cloud console shows it, if this is a slip' : `did you mean ${near}?`;
    reportValue(report, bare, 'region-unknown', `${text} is not among the known regions; it is used as it is`, write);
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

/** Regions with an ACR endpoint. Source: aliyun-openapi-meta, products.json, product `cr`. */
const knownRegions: readonly string[] = [
  'cn-hangzhou',
  'cn-shanghai',
  'cn-qingdao',
  'cn-beijing',
  'cn-zhangjiakou',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-shenzhen',
  'cn-heyuan',
  'cn-guangzhou',
  'cn-chengdu',
  'cn-hongkong',
  'cn-nanjing',
  'cn-fuzhou',
  'cn-wuhan-lr',
  'cn-zhongwei',
  'cn-zhengzhou-jva',
  'cn-hangzhou-finance',
  'cn-shanghai-finance-1',
  'cn-shenzhen-finance-1',
  'cn-beijing-finance-1',
  'cn-north-2-gov-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ap-south-1',
  'us-east-1',
  'us-west-1',
  'us-southeast-1',
  'na-south-1',
  'eu-central-1',
  'eu-west-1',
  'me-east-1',
  'me-central-1',
  'rus-west-1',
];
