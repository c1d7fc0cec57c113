import assert from 'node:assert/strict';
import { parseConfigMap } from './config-map-data.ts';

describe('parseConfigMap', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('reads data as parseConfiguration does', () => {
    const { configuration, problems } = parseConfigMap({ data: { 'watch-namespace': 'shop' } });
    assert.deepEqual(configuration?.namespaces.include, ['shop']);
    assert.deepEqual(problems, []);
  });

  it('reads nothing as the defaults', () => {
    assert.deepEqual(parseConfigMap({}).configuration?.namespaces.include, ['default']);
  });

  it('reads text under binaryData, and says so', () => {
    const { configuration, problems } = parseConfigMap({ binaryData: { 'watch-namespace': base64('shop') } });
    assert.deepEqual(configuration?.namespaces.include, ['shop']);
    assert.deepEqual(
      problems.map(({ code, key, severity }) => [code, key, severity]),
      [['binary-data', 'watch-namespace', 'warning']],
    );
  });

  it('refuses bytes under binaryData that are not UTF-8', () => {
    const { configuration, problems } = parseConfigMap({ binaryData: { rrsa: '/////w==' } });
    assert.equal(configuration, undefined);
    assert.deepEqual(
      problems.map(({ code, key }) => [code, key]),
      [['invalid-utf8', 'rrsa']],
    );
  });

  it('leaves other people’s binaryData alone', () => {
    assert.deepEqual(parseConfigMap({ binaryData: { picture: '/////w==' } }).problems, []);
  });

  it('says what is wrong in both', () => {
    const { problems } = parseConfigMap({ data: { attach: 'x' }, binaryData: { 'watch-namespace': base64('A') } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['binary-data', 'not-a-boolean', 'name-format'],
    );
  });

  it('refuses binaryData that is larger than a ConfigMap can be', () => {
    assert.deepEqual(
      parseConfigMap({ binaryData: { rrsa: 'A'.repeat(2_200_000) } }).problems.map(({ code }) => code),
      ['invalid-utf8'],
    );
  });
});
