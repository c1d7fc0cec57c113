import assert from 'node:assert/strict';
import { isKnownRegion, regionMeant } from './regions.ts';

describe('regionMeant', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['cn_hangzhou', 'cn-hangzhou'],
    ['cn hangzhou', 'cn-hangzhou'],
    ['CN.Hangzhou', 'cn-hangzhou'],
    ['cn  hangzhou', 'cn-hangzhou'],
    ['cn-hangzhou-h', 'cn-hangzhou'],
    ['oss-cn-hangzhou', 'cn-hangzhou'],
    ['registry-vpc.cn-shenzhen.aliyuncs.com', 'cn-shenzhen'],
    ['cn-hangzhou-finance-a', 'cn-hangzhou-finance'],
    ['ap-southeast-1a', 'ap-southeast-1'],
    ['cn-hangzou', 'cn-hangzhou'],
    ['cn-hagzou', 'cn-hangzhou'],
    ['us-east1', 'us-east-1'],
    ['China (Hangzhou)', 'cn-hangzhou'],
    ['华东1（杭州）', 'cn-hangzhou'],
    ['上海', 'cn-shanghai'],
    ['China (Hohhot)', 'cn-huhehaote'],
    ['China (Ulanqab)', 'cn-wulanchabu'],
    ['China (Hong Kong)', 'cn-hongkong'],
    ['Singapore', 'ap-southeast-1'],
    ['Japan (Tokyo)', 'ap-northeast-1'],
    ['South Korea (Seoul)', 'ap-northeast-2'],
    ['Malaysia (Kuala Lumpur)', 'ap-southeast-3'],
    ['Indonesia (Jakarta)', 'ap-southeast-5'],
    ['Philippines (Manila)', 'ap-southeast-6'],
    ['Thailand (Bangkok)', 'ap-southeast-7'],
    ['US (Virginia)', 'us-east-1'],
    ['US (Silicon Valley)', 'us-west-1'],
    ['Germany (Frankfurt)', 'eu-central-1'],
    ['UK (London)', 'eu-west-1'],
    ['UAE (Dubai)', 'me-east-1'],
    ['SAU (Riyadh)', 'me-central-1'],
    ['nowhere', undefined],
    ['moon-1', undefined],
    ['', undefined],
    [`${'x'.repeat(100_000)} hangzhou`, undefined],
  ];
  for (const [text, expected] of cases) {
    it(`takes "${text.slice(0, 40)}" for ${expected ?? 'no region that is known'}`, () => {
      assert.equal(regionMeant(text), expected);
    });
  }
});

describe('isKnownRegion', () => {
  it('knows ids only as they are written', () => {
    assert.ok(isKnownRegion('cn-hangzhou'));
    assert.ok(!isKnownRegion('CN-HANGZHOU'));
    assert.ok(!isKnownRegion('hangzhou'));
    assert.ok(!isKnownRegion(''));
  });

  // What a warning would be given for without cause. Source: ACR documentation, "Regions and endpoints".
  for (const id of [
    'cn-hangzhou cn-shanghai cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-wulanchabu cn-shenzhen cn-heyuan',
    'cn-guangzhou cn-chengdu cn-hongkong cn-nanjing cn-fuzhou cn-wuhan-lr cn-zhongwei cn-zhengzhou-jva',
    'cn-hangzhou-finance cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-beijing-finance-1 cn-north-2-gov-1',
    'ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-southeast-6',
    'ap-southeast-7 ap-south-1 us-east-1 us-west-1 us-southeast-1 na-south-1 eu-central-1 eu-west-1 me-east-1',
    'me-central-1 rus-west-1',
  ].flatMap((line) => line.split(' '))) {
    it(`knows ${id}`, () => assert.ok(isKnownRegion(id)));
  }
});
