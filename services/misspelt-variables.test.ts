import assert from 'node:assert/strict';

import { misspeltVariables } from './misspelt-variables.ts';

describe('misspelt variables', () => {
  const read = ['ACR_HELPER_KUBECONFIG', 'ACR_HELPER_REDIS_URL', 'ACR_HELPER_WEBHOOK_SERVICE', 'ACR_HELPER_ROLE'];

  it('are told with the one that is meant', () => {
    assert.deepEqual(misspeltVariables(['ACR_HELPER_KUBE_CONFIG', 'ACR_HELPER_REDIS_ULR', 'PATH'], read), [
      { name: 'ACR_HELPER_KUBE_CONFIG', meant: 'ACR_HELPER_KUBECONFIG' },
      { name: 'ACR_HELPER_REDIS_ULR', meant: 'ACR_HELPER_REDIS_URL' },
    ]);
  });

  it('are not those that are read, nor what resembles none', () => {
    assert.deepEqual(misspeltVariables(['ACR_HELPER_ROLE', 'ACR_HELPER_IMAGE_TAG'], read), []);
  });

  it('are not those that Kubernetes sets for a Service', () => {
    const links = [
      'ACR_HELPER_SERVICE_HOST',
      'ACR_HELPER_PORT',
      'ACR_HELPER_PORT_9090_TCP_ADDR',
      'ACR_HELPER_WEBHOOK_SERVICE_HOST',
      'ACR_HELPER_WEBHOOK_SERVICE_PORT_HTTPS',
    ];
    assert.deepEqual(misspeltVariables(links, read), []);
  });
});
