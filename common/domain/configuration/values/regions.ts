import { editDistance } from '../problems/nearest-name.ts';

/** Whether it is the id of a region with an ACR endpoint that was known when this was written. New ones open. */
export function isKnownRegion(id: string): boolean {
  return knownRegions.includes(id);
}

/** Whether it is written as Alibaba Cloud writes region ids. It becomes part of a host name, so nothing else may get through. */
export function isRegionId(text: string): boolean {
  return text.length <= longestRegion && /^[a-z]{2,4}(-[a-z0-9]+){1,5}$/.test(text);
}

const longestRegion = 40;

/**
 * The id of the region that a wrong one most likely means: other separators, a zone or a host name with a region in it, the
 * name that the console shows, or a slip of two letters. Only to suggest it.
 */
export function regionMeant(text: string): string | undefined {
  const plain = text
    .slice(0, longestText)
    .toLowerCase()
    .replaceAll(/[\s_.]+/g, '-');
  return (
    longestInside(plain) ??
    places.find(([, ...names]) => names.some((name) => plain.includes(name)))?.[0] ??
    knownRegions.find((region) => editDistance(region, plain) <= 2)
  );
}

const longestText = 64;

/** `cn-hangzhou-h` and `registry.cn-hangzhou.aliyuncs.com` hold `cn-hangzhou`; `cn-hangzhou-finance` is longer than that. */
function longestInside(text: string): string | undefined {
  return knownRegions
    .filter((region) => `-${text}-`.includes(`-${region}-`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Regions with an ACR endpoint. Source: aliyun-openapi-meta, products.json, product `cr`. */
export const knownRegions: readonly string[] = [
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

/** What the console calls them, in Chinese and English. Source: Alibaba Cloud documentation, "Regions and zones". */
const places: readonly (readonly [id: string, ...names: string[]])[] = [
  ['cn-hangzhou', 'hangzhou', '杭州', '华东1'],
  ['cn-shanghai', 'shanghai', '上海', '华东2'],
  ['cn-nanjing', 'nanjing', '南京', '华东5'],
  ['cn-fuzhou', 'fuzhou', '福州', '华东6'],
  ['cn-qingdao', 'qingdao', '青岛', '华北1'],
  ['cn-beijing', 'beijing', '北京', '华北2'],
  ['cn-zhangjiakou', 'zhangjiakou', '张家口', '华北3'],
  ['cn-huhehaote', 'hohhot', 'huhehaote', '呼和浩特', '华北5'],
  ['cn-wulanchabu', 'ulanqab', 'wulanchabu', '乌兰察布', '华北6'],
  ['cn-shenzhen', 'shenzhen', '深圳', '华南1'],
  ['cn-heyuan', 'heyuan', '河源', '华南2'],
  ['cn-guangzhou', 'guangzhou', '广州', '华南3'],
  ['cn-chengdu', 'chengdu', '成都', '西南1'],
  ['cn-hongkong', 'hong-kong', 'hongkong', '香港'],
  ['ap-northeast-1', 'tokyo', 'japan', '东京', '日本'],
  ['ap-northeast-2', 'seoul', 'korea', '首尔', '韩国'],
  ['ap-southeast-1', 'singapore', '新加坡'],
  ['ap-southeast-3', 'kuala-lumpur', 'malaysia', '吉隆坡', '马来西亚'],
  ['ap-southeast-5', 'jakarta', 'indonesia', '雅加达', '印度尼西亚'],
  ['ap-southeast-6', 'manila', 'philippines', '马尼拉', '菲律宾'],
  ['ap-southeast-7', 'bangkok', 'thailand', '曼谷', '泰国'],
  ['us-east-1', 'virginia', '弗吉尼亚'],
  ['us-west-1', 'silicon-valley', '硅谷'],
  ['eu-central-1', 'frankfurt', 'germany', '法兰克福', '德国'],
  ['eu-west-1', 'london', '伦敦', '英国'],
  ['me-east-1', 'dubai', '迪拜'],
  ['me-central-1', 'riyadh', '利雅得'],
];
