import assert from 'node:assert/strict';

import { provideWorkerRole } from './worker-role.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const folder = '/latest/meta-data/ram/security-credentials/';
const session = {
  Code: 'Success',
  AccessKeyId: 'STS.a',
  AccessKeySecret: 'secret',
  SecurityToken: 'token',
  Expiration: '2026-11-24T18:00:00Z',
};

describe('the worker role', () => {
  const provide = async (answers: Readonly<Record<string, string>>, roleName?: string) => {
    const asked: string[] = [];
    const metadata = {
      read: async (path: string) => {
        asked.push(path);
        return answers[path];
      },
      close: async () => undefined,
    };
    const opened = await provideWorkerRole({ metadata, now: () => now, roleName })(new AbortController().signal);
    return { asked, opened };
  };

  it('is asked for by name, and then for its session', async () => {
    const { asked, opened } = await provide({
      [folder]: 'worker\nother',
      [`${folder}worker`]: JSON.stringify(session),
    });

    assert.deepEqual(asked, [folder, `${folder}worker`]);
    assert.equal(opened.accessKeyId, 'STS.a');
    assert.equal(opened.accessKeySecret.reveal(), 'secret');
    assert.equal(opened.securityToken?.reveal(), 'token');
    assert.equal(opened.expiresAt, Date.parse('2026-11-24T18:00:00Z'));
  });

  it('that is given is not asked for by name', async () => {
    assert.deepEqual((await provide({ [`${folder}given`]: JSON.stringify(session) }, 'given')).asked, [
      `${folder}given`,
    ]);
  });

  const problems: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
    ['no role', {}, 'worker-role-missing', 'ECS metadata service: the instance has no RAM role'],
    [
      'a page instead of a name',
      { [folder]: '<html>../x</html>' },
      'worker-role-missing',
      'ECS metadata service: the answer to the question for the RAM role is no role name',
    ],
    [
      'a role that was taken away',
      { [folder]: 'worker' },
      'worker-role-missing',
      'ECS metadata service: the instance does not have the RAM role worker',
    ],
    [
      'another Code',
      { [folder]: 'worker', [`${folder}worker`]: JSON.stringify({ ...session, Code: 'Failed' }) },
      'worker-role-missing',
      'ECS metadata service: the session of RAM role worker: Code is Failed instead of Success',
    ],
    [
      'half a JSON text',
      { [folder]: 'worker', [`${folder}worker`]: '{"Code"' },
      'metadata-unavailable',
      'ECS metadata service: the session of RAM role worker is no JSON object',
    ],
    [
      'a session that has expired',
      { [folder]: 'worker', [`${folder}worker`]: JSON.stringify({ ...session, Expiration: '2026-11-24T12:00:00Z' }) },
      'metadata-unavailable',
      'ECS metadata service: the session of RAM role worker expired at 2026-11-24T12:00:00.000Z (now 2026-11-24T12:00:00.000Z)',
    ],
    [
      'a missing field',
      { [folder]: 'worker', [`${folder}worker`]: JSON.stringify({ ...session, SecurityToken: '' }) },
      'metadata-unavailable',
      'ECS metadata service: the session of RAM role worker has no SecurityToken',
    ],
  ];
  for (const [name, answers, code, message] of problems) {
    it(`with ${name}: ${code}`, async () => {
      await assert.rejects(provide(answers), { code, message });
    });
  }
});
