import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';

import { watchConnections } from './watch-connections.ts';

describe('the watch over connections', () => {
  it('tells of an outage once, with its reason, however many connections and attempts it takes, and once of its end', () => {
    const clients = [new EventEmitter(), new EventEmitter()] as const;
    const told: string[] = [];
    const end = watchConnections(clients, (state, problem) => void told.push(`${state} ${problem}`.trim()));
    const [first, second] = clients;
    first.emit('error', new Error('read ECONNRESET'));
    first.emit('close');
    for (let attempt = 0; attempt < 3; attempt++) {
      first.emit('error', new Error('connect ECONNREFUSED'));
      first.emit('close');
      second.emit('close');
    }
    second.emit('ready');
    first.emit('ready');
    assert.deepEqual(told, ['lost read ECONNRESET', 'restored']);
    end();
    first.on('error', () => {});
    first.emit('close');
    assert.equal(told.length, 2);
  });

  it('does not repeat the password that a server echoes', () => {
    const client = new EventEmitter();
    const told: string[] = [];
    const end = watchConnections([client], (_state, problem) => void told.push(problem));
    client.emit('error', new Error('ERR unknown command `auth`, with args beginning with: `hush`, '));
    client.emit('close');
    assert.deepEqual(told, ['ERR unknown command `auth`']);
    end();
  });
});
