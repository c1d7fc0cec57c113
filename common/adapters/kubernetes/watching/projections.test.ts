import assert from 'node:assert/strict';

import type { KubernetesObject, ManagedFieldsEntry } from '../kubernetes-object.ts';
import { createProjections } from './projections.ts';

const metadata = {
  name: 'default',
  namespace: 'shop',
  uid: 'uid-1',
  resourceVersion: '42',
  creationTimestamp: '2026-11-24T07:00:00Z',
};
const createdAt = Date.parse('2026-11-24T07:00:00Z');

describe('what is kept of an object', () => {
  const project = createProjections();

  it('of a namespace', () => {
    const object = { metadata: { ...metadata, namespace: undefined, name: 'shop', labels: { team: 'a' } } };
    assert.deepEqual(project.namespace(object), {
      name: 'shop',
      uid: 'uid-1',
      resourceVersion: '42',
      terminating: false,
      labels: { team: 'a' },
      ignored: false,
      createdAt,
    });
  });

  it('of a namespace that is being deleted', () => {
    const object = { metadata: { ...metadata, deletionTimestamp: '2026-11-24T08:00:00Z' } };
    assert.equal(project.namespace(object).terminating, true);
  });

  it('of a ServiceAccount', () => {
    const object = { metadata, imagePullSecrets: [{ name: 'b' }, { name: 'a' }], secrets: [{ name: 'token' }] };
    assert.deepEqual(project.account(object), {
      namespace: 'shop',
      name: 'default',
      uid: 'uid-1',
      resourceVersion: '42',
      labels: {},
      ignored: false,
      pullSecrets: ['b', 'a'],
      createdAt,
    });
  });

  it('of a ServiceAccount that opted out, and only of "true"', () => {
    const ignored = (value: string) =>
      project.account({ metadata: { ...metadata, annotations: { 'acr-credential-helper/ignore': value } } }).ignored;
    assert.equal(ignored('true'), true);
    assert.equal(ignored('false'), false);
  });

  it('of a Secret', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'acr-credential-helper' };
    const annotations = { 'acr-credential-helper/version': 'v1', 'acr-credential-helper/sources': '[]' };
    assert.deepEqual(project.secret({ metadata: { ...metadata, labels, annotations } }), {
      namespace: 'shop',
      name: 'default',
      uid: 'uid-1',
      resourceVersion: '42',
      managedBy: 'acr-credential-helper',
      version: 'v1',
      sources: '[]',
      ownsData: true,
    });
  });

  it('of a ConfigMap, also of one without data', () => {
    const known = { uid: 'uid-1', resourceVersion: '42' };
    assert.deepEqual(project.configMap({ metadata, data: { a: 'b' } }), { ...known, data: { a: 'b' } });
    assert.deepEqual(project.configMap({ metadata }), { ...known, data: {} });
  });

  it('of a ConfigMap with what the client did not take for text', () => {
    const binaryData = { rrsa: '/////w==' };
    assert.deepEqual(project.configMap({ metadata, binaryData }).binaryData, binaryData);
  });

  it('of a ConfigMap with the annotation that confirms it', () => {
    const annotations = { 'acr-credential-helper/confirm': ' 0123\n' };
    assert.equal(project.configMap({ metadata: { ...metadata, annotations } }).confirm, '0123');
  });

  it('shares what is the same in many objects', () => {
    const one = project.account({
      metadata: { ...metadata, labels: {} },
      imagePullSecrets: [{ name: 'x' }, { name: 'y' }],
    });
    const two = project.account({ metadata, imagePullSecrets: [{ name: 'x' }, { name: 'y' }] });
    assert.equal(one.pullSecrets, two.pullSecrets);
    assert.equal(one.labels, two.labels);
  });

  it('does not mix up the namespaces of neighbours', () => {
    const namespaces = ['a', 'a', 'b', undefined, 'a'].map(
      (namespace) => project.account({ metadata: { ...metadata, namespace } }).namespace,
    );
    assert.deepEqual(namespaces, ['a', 'a', 'b', '', 'a']);
  });
});

describe('the data of a Secret is ours', () => {
  const owns = (...managedFields: readonly ManagedFieldsEntry[]): boolean => {
    const object: KubernetesObject = { metadata: { ...metadata, managedFields } };
    return createProjections().secret(object).ownsData;
  };
  const data = { 'f:data': { '.': {}, 'f:.dockerconfigjson': {} } };

  it('when our field manager is one of its owners', () => {
    assert.equal(
      owns({ manager: 'kubectl', fieldsV1: data }, { manager: 'acr-credential-helper', fieldsV1: data }),
      true,
    );
  });

  it('not when somebody else alone owns it', () => {
    const rest = { 'f:type': {}, 'f:data': { 'f:other': {} } };
    assert.equal(
      owns({ manager: 'acr-credential-helper', fieldsV1: rest }, { manager: 'kubectl', fieldsV1: data }),
      false,
    );
  });

  it('when the server does not track owners', () => {
    assert.equal(owns(), true);
  });
});

describe('who wrote the data of a Secret', () => {
  const data = { 'f:data': { 'f:.dockerconfigjson': {} } };
  const writtenBy = (
    labels: Readonly<Record<string, string>>,
    ...managedFields: readonly ManagedFieldsEntry[]
  ): string | undefined => createProjections().secret({ metadata: { ...metadata, labels, managedFields } }).writtenBy;

  it('is its one owner', () => {
    const labelled = { manager: 'kubectl-label', fieldsV1: { 'f:metadata': {} } };
    assert.equal(writtenBy({}, { manager: 'somebody', fieldsV1: data }, labelled), 'somebody');
  });

  it('is not told of several owners, of none, or of a Secret with our label', () => {
    assert.equal(writtenBy({}, { manager: 'one', fieldsV1: data }, { manager: 'two', fieldsV1: data }), undefined);
    assert.equal(writtenBy({}), undefined);
    const ours = { 'app.kubernetes.io/managed-by': 'acr-credential-helper' };
    assert.equal(writtenBy(ours, { manager: 'somebody', fieldsV1: data }), undefined);
  });
});
