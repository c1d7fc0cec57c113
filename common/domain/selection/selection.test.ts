import assert from 'node:assert/strict';
import { selectsAccount, selectsEntry, selectsNamespace } from './selection.ts';

const every = { include: ['*'], exclude: [] };
const none = { include: [], exclude: [] };
const labelled = [{ key: 'pulls', operator: 'exists' }] as const;

describe('selectsNamespace', () => {
  const shop = { name: 'shop', labels: {}, ignored: false };

  it('selects a namespace that the patterns select', () => {
    assert.equal(selectsNamespace({ namespaces: every }, shop), true);
  });

  it('leaves out a namespace that the patterns do not select', () => {
    assert.equal(selectsNamespace({ namespaces: none }, shop), false);
  });

  it('leaves out a namespace that opted out', () => {
    assert.equal(selectsNamespace({ namespaces: every }, { ...shop, ignored: true }), false);
  });

  it('needs the labels too where there is a selector', () => {
    const configuration = { namespaces: every, namespaceSelector: labelled };
    assert.equal(selectsNamespace(configuration, shop), false);
    assert.equal(selectsNamespace(configuration, { ...shop, labels: { pulls: '' } }), true);
  });
});

describe('selectsAccount', () => {
  const web = { name: 'web', labels: {}, ignored: false };

  it('selects an account that the patterns select', () => {
    assert.equal(selectsAccount({ accounts: every, attach: true }, web), true);
  });

  it('leaves out an account that the patterns do not select', () => {
    assert.equal(selectsAccount({ accounts: none, attach: true }, web), false);
  });

  it('leaves every account alone where nothing is to be attached', () => {
    assert.equal(selectsAccount({ accounts: every, attach: false }, web), false);
  });

  it('leaves out an account that opted out', () => {
    assert.equal(selectsAccount({ accounts: every, attach: true }, { ...web, ignored: true }), false);
  });

  it('needs the labels too where there is a selector', () => {
    const configuration = { accounts: every, accountSelector: labelled, attach: true };
    assert.equal(selectsAccount(configuration, web), false);
    assert.equal(selectsAccount(configuration, { ...web, labels: { pulls: 'yes' } }), true);
  });
});

describe('selectsEntry', () => {
  it('gives an entry without namespaces to every namespace', () => {
    assert.equal(selectsEntry({}, 'shop'), true);
  });

  it('gives an entry only to its namespaces', () => {
    const entry = { namespaces: { include: ['team-*'], exclude: ['team-x'] } };
    assert.equal(selectsEntry(entry, 'team-a'), true);
    assert.equal(selectsEntry(entry, 'team-x'), false);
    assert.equal(selectsEntry(entry, 'shop'), false);
  });
});
