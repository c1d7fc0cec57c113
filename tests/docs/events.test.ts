import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { eventReasons } from './events-page.ts';

const files = { ConfigMap: 'record-events.ts', Namespace: 'namespace-events.ts', Pod: 'pod-events.ts' } as const;

describe('docs/events.md', () => {
  for (const [kind, file] of Object.entries(files)) {
    it(`has every reason of an Event on a ${kind}, with its type, and no other`, () => {
      const source = readFileSync(join(repositoryRoot(), 'services', file), 'utf8');
      const said = [...source.matchAll(/type: '(\w+)',\s+reason: '(\w+)'/g)].map(
        ([, type, reason]) => `${type} ${reason}`,
      );
      const listed = Object.entries(eventReasons[kind as keyof typeof files]).map(
        ([reason, { type }]) => `${type} ${reason}`,
      );
      assert.deepEqual(listed.toSorted(), said.toSorted());
    });
  }
});
