import assert from 'node:assert/strict';
import { readManifest } from './check-manifest.ts';

describe('check, given a template', () => {
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: acr-configuration\n';
  const rule = '---\nkind: PrometheusRule\nspec:\n  summary: "{{ $labels.pod }} hangs"\n';

  const said = (text: string): readonly string[] =>
    readManifest(text).findings.map(({ code, span }) => `${code} <${text.slice(span.start, span.end + 12)}>`);

  it('says only that, where our configuration is made by the template', () => {
    assert.deepEqual(said(`${head}data:\n  watch-namespace: {{ .Values.names | quote }}\n`), [
      'manifest-template <{{ .Values.nam>',
    ]);
  });

  it('points into our configuration, past what is a template elsewhere in the file', () => {
    assert.deepEqual(said(`${rule}---\n${head}data:\n  service-account: {{ .Values.accounts }}\n`), [
      'manifest-template <{{ .Values.acc>',
    ]);
  });

  it('says only that, where the template is no YAML', () => {
    assert.deepEqual(said(`{{ if .Values.enabled }}\n${head}data:\n  attach: "true"\n{{ end }}\n`), [
      'manifest-template <{{ if .Values.>',
    ]);
  });

  it('finds nothing to read in it', () => {
    assert.deepEqual(readManifest(`${head}data:\n  attach: {{ .Values.attach }}\n`).found, []);
  });

  it('does not mind such marks outside of our configuration', () => {
    const { found, findings } = readManifest(`${rule}---\n${head}data:\n  attach: "true"\n`);
    assert.deepEqual([found.length, findings], [1, []]);
  });

  it('takes JSON in braces for what it is', () => {
    assert.deepEqual(said(`${head}data:\n  rrsa: '{"a": {{"b": 1}: 2}}'\n`), []);
  });
});
