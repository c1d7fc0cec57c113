import assert from 'node:assert/strict';

import { apiHosts, checkDestination, checkRegion, isRegistryHost, type HostChoice } from './hosts.ts';

describe('hosts that a call goes to', () => {
  const cases: readonly {
    readonly name: string;
    readonly choice: Partial<HostChoice>;
    readonly hosts: readonly string[];
  }[] = [
    {
      name: 'the registry of the cluster’s own region: VPC first',
      choice: { regionId: 'cn-hangzhou', localRegion: 'cn-hangzhou' },
      hosts: ['cr-vpc.cn-hangzhou.aliyuncs.com', 'cr.cn-hangzhou.aliyuncs.com'],
    },
    {
      name: 'the registry of another region: the public host only',
      choice: { regionId: 'cn-hangzhou', localRegion: 'cn-beijing' },
      hosts: ['cr.cn-hangzhou.aliyuncs.com'],
    },
    {
      name: 'the registry while the own region is unknown: the public host only',
      choice: { regionId: 'cn-hangzhou' },
      hosts: ['cr.cn-hangzhou.aliyuncs.com'],
    },
    {
      name: 'STS in the own region: VPC, region, global',
      choice: { product: 'sts', regionId: 'eu-central-1', localRegion: 'eu-central-1' },
      hosts: ['sts-vpc.eu-central-1.aliyuncs.com', 'sts.eu-central-1.aliyuncs.com', 'sts.aliyuncs.com'],
    },
    { name: 'STS without a region: the global host', choice: { product: 'sts' }, hosts: ['sts.aliyuncs.com'] },
    {
      name: 'STS of cn-hangzhou-finance: that of cn-hangzhou',
      choice: { product: 'sts', regionId: 'cn-hangzhou-finance', localRegion: 'cn-hangzhou-finance' },
      hosts: ['sts-vpc.cn-hangzhou.aliyuncs.com', 'sts.cn-hangzhou.aliyuncs.com', 'sts.aliyuncs.com'],
    },
    {
      name: 'the registry of a government region from outside: public, then VPC',
      choice: { regionId: 'cn-north-2-gov-1', localRegion: 'cn-beijing' },
      hosts: ['cr.cn-north-2-gov-1.aliyuncs.com', 'cr-vpc.cn-north-2-gov-1.aliyuncs.com'],
    },
    {
      name: 'a private cloud: its own hosts replace Alibaba Cloud’s',
      choice: {
        regionId: 'cn-qd-1',
        localRegion: 'cn-qd-1',
        allowedHosts: ['images.example', 'cr.cn-qd-1.cloud.example', 'CR-VPC.cn-qd-1.cloud.example'],
      },
      hosts: ['cr-vpc.cn-qd-1.cloud.example', 'cr.cn-qd-1.cloud.example'],
    },
  ];
  for (const { name, choice, hosts } of cases) {
    it(name, () => {
      assert.deepEqual(apiHosts({ product: 'cr', allowedHosts: [], ...choice }), hosts);
    });
  }

  it('every host that is chosen is one that may be called', () => {
    for (const { choice } of cases) {
      const complete = { product: 'cr' as const, allowedHosts: [], ...choice };
      for (const host of apiHosts(complete)) assert.equal(checkDestination(host, complete.allowedHosts), host);
    }
  });
});

describe('a destination outside Alibaba Cloud is refused', () => {
  const tricks: Readonly<Record<string, string>> = {
    'another host': 'cr.cn-hangzhou.evil.example',
    'the own domain in front': 'cr.cn-hangzhou.aliyuncs.com.evil.example',
    'a longer last label': 'cr.cn-hangzhou.aliyuncs.community',
    'a shared suffix without its dot': 'cr.cn-hangzhou.evilaliyuncs.com',
    'a path': 'cr.cn-hangzhou.aliyuncs.com/../',
    'a path before the domain': 'evil.example/cr.cn-hangzhou.aliyuncs.com',
    userinfo: 'cr.cn-hangzhou.aliyuncs.com@evil.example',
    'userinfo in front': 'user:pass@cr.cn-hangzhou.aliyuncs.com',
    'a port': 'cr.cn-hangzhou.aliyuncs.com:8443',
    'a fragment': 'evil.example#.aliyuncs.com',
    'a query': 'evil.example?.aliyuncs.com',
    'a backslash': 'evil.example\\.aliyuncs.com',
    'a newline at the end': 'cr.cn-hangzhou.aliyuncs.com\n',
    'a newline inside': 'cr.cn-hangzhou.aliyuncs.com\r\nx: y',
    'a space': 'cr.cn-hangzhou .aliyuncs.com',
    'a trailing dot': 'cr.cn-hangzhou.aliyuncs.com.',
    'dots that climb': 'cr...aliyuncs.com',
    'full-width letters': 'cr.cn-hangzhou.ａliyuncs.com',
    'a Cyrillic letter': 'cr.cn-hangzhou.аliyuncs.com',
    'another letter for the dot': 'crxcn-hangzhou.aliyuncs.com',
    'an ideographic dot': 'cr.cn-hangzhou。aliyuncs.com',
    'a zero-width character': 'cr.cn-hang\u200bzhou.aliyuncs.com',
    'upper case, which is not how we write': 'CR.cn-hangzhou.aliyuncs.com',
    'another product of Alibaba Cloud': 'evil-bucket.oss-cn-hangzhou.aliyuncs.com',
    'an address': '100.100.100.200',
    'percent-encoding': 'cr.cn-hangzhou%2ealiyuncs.com',
    nothing: '',
    'too much': `cr.cn-${'a'.repeat(300)}.aliyuncs.com`,
  };
  for (const [name, host] of Object.entries(tricks)) {
    it(`host: ${name}`, () => {
      assert.throws(() => checkDestination(host, ['cr.cn-qd-1.cloud.example']), { code: 'destination-refused' });
    });
  }

  for (const region of [
    'evil.example',
    'cn-hangzhou.evil.example/',
    'cn-hangzhou/..',
    'cn-hangzhou@evil.example',
    'cn-hangzhou#',
    'cn-hangzhou?a=b',
    'cn-hangzhou:443',
    'cn-hangzhou\n',
    'cn-hangzhou.',
    'cn--hangzhou',
    '-cn-hangzhou',
    'cn-',
    'cn',
    'CN-HANGZHOU',
    'ｃn-hangzhou',
    'cn-hangzhоu',
    '',
    `cn-${'a'.repeat(50)}`,
  ]) {
    it(`region: ${JSON.stringify(region.slice(0, 30))}`, () => {
      assert.throws(() => checkRegion(region), { code: 'destination-refused' });
      assert.throws(() => apiHosts({ product: 'cr', regionId: region, allowedHosts: [] }), {
        code: 'destination-refused',
      });
    });
  }

  it('every kind of region that exists is accepted', () => {
    for (const region of [
      'cn-hangzhou',
      'ap-southeast-1',
      'us-west-1',
      'cn-north-2-gov-1',
      'cn-shanghai-finance-1',
      'rus-west-1',
    ]) {
      assert.equal(checkRegion(region), region);
    }
  });

  it('an allowed host may be called, whatever the case it was allowed in', () => {
    assert.equal(
      checkDestination('cr.cn-qd-1.cloud.example', ['CR.cn-qd-1.Cloud.example']),
      'cr.cn-qd-1.cloud.example',
    );
  });

  it('a registry host is a name or address with a port perhaps, and nothing that could break a file or a URL', () => {
    for (const host of ['demo-registry.cn-hangzhou.cr.aliyuncs.com', '127.0.0.1:5000', 'localhost:65002'])
      assert.ok(isRegistryHost(host), host);
    for (const host of ['a b', 'a/b', 'a@b', 'a\n', '', 'https://a', 'a:b', '.a', 'ä.example', 'a'.repeat(254)]) {
      assert.ok(!isRegistryHost(host), host);
    }
  });
});
