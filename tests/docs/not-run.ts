/**
 * EVERY command of the documents that `tests/journeys/documented-commands.test.ts` does not run, and why. Each command that is not
 * here is run there, on a real API server.
 */
export const notRun: readonly { readonly command: RegExp; readonly because: string }[] = [
  { command: /^npm (?:test|ci|run (?!demo)\S+)/, because: 'CI runs it: it is what runs this test, or takes minutes' },
  { command: /^npm run demo/, because: 'tests/journeys/demo.test.ts runs the demo' },
  {
    command: /^docker /,
    because: 'there is no Docker daemon where the tests run: tests/image builds the image and brings the stack up',
  },
  {
    command: /^(?:kubectl --server http:\/\/127\.0\.0\.1:6443|curl .*http:\/\/127\.0\.0\.1:8088)/,
    because: 'it needs the stack of docker-compose.yml: tests/image/compose.test.ts does the same in it',
  },
  { command: /^kubectl .*\bport-forward\b/, because: 'no kubelet runs beside the API server' },
  { command: /^kubectl .*\blogs\b/, because: 'no kubelet runs beside the API server' },
  {
    command: /^kubectl .*\bwait --for=condition=Available\b/,
    because: 'no kubelet runs: no Deployment becomes available',
  },
  {
    command: /^helm .*\btest\b/,
    because: 'no kubelet runs its pod',
  },
  {
    command: /^helm .*\buninstall\b/,
    because:
      'no kubelet runs the Job that cleans up: tests/journeys/chart-install.test.ts uninstalls and runs what the Job runs',
  },
  {
    command: /^npx acr-credential-helper (?:status|explain|doctor|run)\b/,
    because: 'it needs a running helper, or is one: tests/journeys/commands.test.ts runs them beside a helper',
  },
];

export function reasonsFor(text: string): readonly string[] {
  return notRun.filter(({ command }) => command.test(text)).map(({ because }) => because);
}
