import assert from 'node:assert/strict';
import { parseConfiguration } from '../parse-configuration.ts';

describe('acr-registry-info', () => {
  /** Each problem as `line:column+length code message → write`. */
  const problemsOf = (text: string, rrsa = false): readonly string[] =>
    parseConfiguration({ 'acr-registry-info': text, rrsa: `enable: ${rrsa}` }).problems.map(
      ({ line, column, length, code, message, write }) => `${line}:${column}+${length} ${code} ${message} → ${write}`,
    );

  const cases: readonly (readonly [text: string, problems: readonly string[]])[] = [
    [
      '- instanceId: crpi-x',
      [
        '1:15+6 instance-format "crpi-x" is a Personal Edition instance → "" for Personal Edition (instances created by 2024-09-08)',
      ],
    ],
    ['- instanceId: CRI-A', ['1:15+5 instance-format "CRI-A" has upper-case letters → cri-a']],
    [
      '- instanceId: x',
      [
        '1:15+1 instance-format "x" is not the id of an instance → cri-… as the ACR console shows it, or "" for Personal Edition',
      ],
    ],
    ['- regionId: CN-Hangzhou', ['1:13+11 letter-case CN-Hangzhou was read in lower case → cn-hangzhou']],
    ['- regionId: Nowhere', ['1:13+7 region-format "Nowhere" is not the id of a region → such as cn-hangzhou']],
    [
      '- regionId: cn-hangzou',
      [
        '1:13+10 region-unknown cn-hangzou is not among the known regions; it is used as it is → did you mean cn-hangzhou?',
      ],
    ],
    [
      '- assumeRoleARN: acs:ram::aaa:role/b',
      [
        '1:18+18 arn-format "acs:ram::aaa:role/b" has no account number: digits are expected after "acs:ram::" → acs:ram::1234567890123456:role/name'.replace(
          '+18',
          '+19',
        ),
      ],
    ],
    [
      '- assumeRoleARN: acs:ram::1:user/b',
      ['1:18+17 arn-format "acs:ram::1:user/b" is not the ARN of a RAM role → acs:ram::1234567890123456:role/name'],
    ],
    [
      '- assumeRoleARN: acs:ram::1:oidc-provider/b',
      [
        '1:18+26 arn-format assumeRoleARN wants the ARN of a RAM role, "acs:ram::1:oidc-provider/b" is that of an OIDC provider → acs:ram::1234567890123456:role/name',
      ],
    ],
    [
      '- pullSecretRef: a/b',
      [
        '1:18+3 secret-name-format "a/b" names a namespace too → the name alone; the Secret is looked for in the helper’s namespace',
      ],
    ],
    [
      '- pullSecretRef: A',
      [
        '1:18+1 secret-name-format "A" is not the name of a Secret → the name alone; the Secret is looked for in the helper’s namespace',
      ],
    ],
    ['- pullSecretRef:', ['1:3+13 secret-name-format pullSecretRef is empty → the name of a Secret']],
    ['- pullSecretRef: [a]', ['1:18+3 wrong-shape pullSecretRef takes one value, not a list → pullSecretRef: value']],
    ['- instanceId: [a]', ['1:15+3 wrong-shape instanceId takes one value, not a list → instanceId: value']],
    ['- domains: {a: b}', ['1:12+6 wrong-shape domains takes a comma list → domains: "a.example.com,b.example.com"']],
    [
      '- namespaces: [a, b]',
      ['1:15+6 list-form namespaces is a YAML list; the original takes a comma list → namespaces: "a,b"'],
    ],
    [
      '- namespaces: ""',
      [
        '1:3+10 empty-value namespaces is empty: every watched namespace gets this registry → names, or no field at all',
      ],
    ],
    [
      '- namespaces: [a, B]',
      [
        '1:15+6 list-form namespaces is a YAML list; the original takes a comma list → namespaces: "a,B"',
        '1:19+1 name-format "B" has upper-case letters, which no namespace name has → b',
      ],
    ],
    [
      '- {}',
      [
        '1:3+2 empty-entry the entry is empty: a left-over, or the Personal Edition of the own region → nothing, or - instanceId: ""',
      ],
    ],
    ['- - a', ['1:3+3 wrong-shape a list stands where an entry is expected → - instanceId: "cri-…"']],
    ['- a', ['1:3+1 wrong-shape a single value stands where an entry is expected → - instanceId: "cri-…"']],
    [
      '- customAccessKey: a',
      [
        '1:20+1 key-pair-incomplete customAccessKey is given, but customAccessKeySecret is missing → both, or accessKeySecretRef with the name of a Secret',
      ],
    ],
    [
      '- customAccessKeySecret: a',
      [
        '1:26+1 key-pair-incomplete customAccessKeySecret is given, but customAccessKey is missing → both, or accessKeySecretRef with the name of a Secret',
      ],
    ],
    [
      '- customAccessKey: "a b"\n  customAccessKeySecret: c',
      [
        '1:21+3 access-key-format customAccessKey has characters that no AccessKey has → the AccessKey as the RAM console shows it, without spaces',
      ],
    ],
    [
      '- customAccessKey: a\n  customAccessKeySecret: "b c"',
      [
        '2:27+3 access-key-format customAccessKeySecret has characters that no AccessKey has → the AccessKey as the RAM console shows it, without spaces',
      ],
    ],
    [
      '- id: cri-a',
      [
        '1:3+2 foreign-field id is not a field of acr-registry-info and was ignored → one of instanceId, regionId, domains, assumeRoleARN, expireDuration, rrsaRoleARN, rrsaOIDCProviderRoleARN, customAccessKey, customAccessKeySecret, accessKeySecretRef, namespaces, pullSecretRef',
      ],
    ],
    [
      '- enable: true',
      [
        '1:3+6 misplaced-field enable is not a field of acr-registry-info: it belongs into rrsa or webhook-configuration → move it: it belongs into rrsa or webhook-configuration',
      ],
    ],
    [
      '- failure-policy: Fail',
      [
        '1:3+14 misplaced-field failure-policy is not a field of acr-registry-info: it belongs into webhook-configuration → move it: it belongs into webhook-configuration',
      ],
    ],
    [
      '- instanceId: cri-a\n  domains: a.b,c.d\n- instanceId: cri-a\n  domains: c.d,a.b',
      ['3:3+10 duplicate-entry entry 1 asks for the same as entry 0 → one of the two'],
    ],
    ['- instanceId: cri-a\n  domains: a.b\n- instanceId: cri-a\n  domains: c.d', []],
    [
      '- instanceId: cri-a\n  domains: [a.b]\n  domains: [a.b]',
      [
        '2:12+5 list-form domains is a YAML list; the original takes a comma list → domains: "a.b"',
        '3:3+7 duplicate-field domains is written twice → domains once',
      ],
    ],
    [
      '- instanceId: "cri-a',
      ['1:15+1 unclosed-quote the quote opened here is not closed on its line → " at the end of the value'],
    ],
    [
      '- instanceId: cri-a\n   regionId: cn-beijing',
      ['2:4+8 indentation indented by 3, where its neighbours have 2 → 2 spaces before it'],
    ],
  ];
  for (const [text, problems] of cases) {
    it(`says exactly what is wrong with ${JSON.stringify(text)}`, () => {
      assert.deepEqual(problemsOf(text), problems);
    });
  }

  const layouts: readonly (readonly [name: string, text: string, entries: string, problems: readonly string[]])[] = [
    ['a nothing', '~', ' ', []],
    ['an empty list', '[]', ' ', []],
    ['an empty list in quotes', '"[]"', ' ', ['wrapped-value']],
    [
      'a comma behind a plain value',
      '- instanceId: cri-a,\n  regionId: cn-beijing',
      'cri-a cn-beijing',
      ['trailing-comma'],
    ],
    ['a comma inside a quoted value', '- instanceId: "cri-a,"', 'cri-a ', ['trailing-comma']],
    ['fields left of their dash', '  - instanceId: cri-a\nregionId: cn-beijing', 'cri-a cn-beijing', ['indentation']],
    ['a dash alone before wrong indentation', '-\ninstanceId: cri-a\nregionId: cn-beijing', 'cri-a cn-beijing', []],
    [
      'an unknown field twice in wrong indentation',
      '- instanceId: cri-a\n   x: 1\n   x: 1',
      'cri-a ',
      ['indentation', 'foreign-field', 'indentation', 'duplicate-field'],
    ],
    [
      'brackets over lines in wrong indentation',
      '- instanceId: cri-a\n   domains: [a.b,\nc.d]',
      'cri-a ',
      ['indentation', 'list-form'],
    ],
    [
      'a folded value in wrong indentation',
      '- instanceId:\n    cri-a\n   regionId: cn-beijing',
      'cri-a cn-beijing',
      ['indentation'],
    ],
    ['a tab before a comment', '- instanceId: cri-a\n\t# note', 'cri-a ', ['tab']],
    [
      'a field behind a comment with slashes',
      '- instanceId: // the first\n  regionId: cn-beijing',
      ' cn-beijing',
      ['comment-style'],
    ],
  ];
  for (const [name, text, entries, codes] of layouts) {
    it(`reads ${name}`, () => {
      const { configuration, problems } = parseConfiguration({ 'acr-registry-info': text });
      const shown =
        configuration?.registries.map((entry) => `${entry.instanceId} ${entry.regionId ?? ''}`).join('; ') ?? '';
      assert.deepEqual([shown, problems.map(({ code }) => code)], [entries, codes]);
    });
  }

  it('says which RRSA ARN is missing, and where it is taken from', () => {
    const arn = 'acs:ram::1:oidc-provider/x';
    assert.deepEqual(problemsOf(`- rrsaOIDCProviderRoleARN: ${arn}`, true), [
      '1:28+26 rrsa-incomplete rrsaRoleARN is missing: it is taken from ALIBABA_CLOUD_ROLE_ARN in the environment of the helper → rrsaRoleARN too',
    ]);
  });

  it('names all identities of an entry that has too many', () => {
    const text = `- rrsaRoleARN: acs:ram::1:role/x\n  rrsaOIDCProviderRoleARN: acs:ram::1:oidc-provider/x\n  accessKeySecretRef: u`;
    assert.deepEqual(problemsOf(text, true), [
      '3:23+1 ambiguous-identity the entry names 2 identities: accessKeySecretRef and rrsaRoleARN → only one of accessKeySecretRef, rrsaRoleARN',
    ]);
  });

  it('says that RRSA fields have no effect while RRSA is off', () => {
    assert.deepEqual(problemsOf('- rrsaRoleARN: acs:ram::1:role/x'), [
      '1:16+17 rrsa-off rrsaRoleARN has no effect while rrsa is not enabled → the key rrsa with "enable: true", if RRSA is meant',
    ]);
  });
});
