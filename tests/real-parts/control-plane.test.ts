import assert from 'node:assert/strict';

import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { countRequests, parseRequestTotals } from './request-totals.ts';
import { runCommand } from './run-command.ts';
import { waitUntil } from './wait-until.ts';

describe('the real control plane', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;

  before(async () => {
    controlPlane = await startControlPlane({ audit: true });
  });

  after(() => controlPlane.stop());

  it('gives a new namespace its ServiceAccount default', async () => {
    const created = await controlPlane.request({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata: { name: 'shop' } },
    });
    assert.equal(created.status, 201);
    await waitUntil('the ServiceAccount shop/default', 10, async () => {
      const answer = await controlPlane.request({ path: '/api/v1/namespaces/shop/serviceaccounts/default' });
      return answer.status === 200 ? true : undefined;
    });
  });

  it('is reached by kubectl with the kubeconfig file', async () => {
    const args = ['--kubeconfig', controlPlane.kubeconfigPath, 'get', 'namespaces', '-o', 'name'];
    const result = await runCommand(controlPlane.kubectl, args);
    assert.match(result.stdout, /^namespace\/kube-system$/m);
  });

  it('refuses what a ServiceAccount has no right to', async () => {
    const token = await controlPlane.serviceAccountToken('default', 'default');
    const answer = await controlPlane.request({ path: '/api/v1/namespaces/default/secrets', token });
    assert.equal(answer.status, 403);
  });

  it('records in its audit log who asked for what', async () => {
    const token = await controlPlane.serviceAccountToken('default', 'default');
    await controlPlane.request({ path: '/api/v1/namespaces/default/configmaps/audited', token });
    const event = await waitUntil('the audit event', 10, async () =>
      (await controlPlane.auditEvents()).find(({ objectRef }) => objectRef?.name === 'audited'),
    );
    assert.equal(event.user.username, 'system:serviceaccount:default:default');
    assert.equal(event.responseStatus?.code, 403);
  });

  it('leaves the control plane itself out of the audit log', async () => {
    const users = new Set((await controlPlane.auditEvents()).map(({ user }) => user.username));
    assert.deepEqual([...users].toSorted(), ['admin', 'system:serviceaccount:default:default']);
  });

  it('counts the requests that it answers', async () => {
    const wanted = { verb: 'LIST', resource: 'configmaps', code: 200 };
    const before = countRequests(parseRequestTotals(await controlPlane.metrics()), wanted);
    await controlPlane.request({ path: '/api/v1/namespaces/default/configmaps' });
    const after = countRequests(parseRequestTotals(await controlPlane.metrics()), wanted);
    assert.equal(after, before + 1);
  });

  it('answers nothing while it is paused, and everything afterwards', async () => {
    controlPlane.pause();
    let answered = false;
    const asked = controlPlane.request({ path: '/version' }).then((answer) => {
      answered = true;
      return answer.status;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answeredWhilePaused = answered;
    controlPlane.resume();
    assert.equal(answeredWhilePaused, false);
    assert.equal(await asked, 200);
  });

  it('keeps its address, its certificate and its data over a restart of the API server', async () => {
    await controlPlane.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      body: { metadata: { name: 'kept' } },
    });
    await controlPlane.restartApiServer();
    assert.equal((await controlPlane.request({ path: '/api/v1/namespaces/default/configmaps/kept' })).status, 200);
  });
});
