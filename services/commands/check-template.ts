import type { Finding } from '../../common/domain/configuration/problems/problem.ts';
import type { Span } from '../../common/domain/configuration/yaml/text-position.ts';

/**
 * A file with `{{ .Values.… }}` is YAML by accident at best, and its other problems come from that: only that is to be said.
 * Absent: it is no template, or only outside of our configuration (a rule of Prometheus, say) and YAML all the same.
 */
export function findTemplate(text: string, ours: readonly Span[], isYaml: boolean): Finding | undefined {
  const marks = [...text.matchAll(/\{\{-?[ \t]*[.$a-z(/]/gi)].map(({ index }) => index);
  const isOurs = (mark: number): boolean => ours.some(({ start, end }) => start <= mark && mark < end);
  const place = isYaml ? marks.find(isOurs) : marks[0];
  if (place === undefined) return undefined;
  return {
    code: 'manifest-template',
    span: { start: place, end: place + 2 },
    message: 'the file is a template: only what is made from it can be checked',
    write: 'helm template CHART | acr-credential-helper check -',
  };
}
