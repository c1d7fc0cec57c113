// The part of undici that the program uses. The whole of it (fetch, web sockets, caches, mocks) costs 30 ms and 10 MiB at each start.
// build.mjs puts this file in the place of `undici`, for the imports of our own files.
const Dispatcher = require('undici/lib/dispatcher/dispatcher');
const request = require('undici/lib/api/api-request');

Dispatcher.prototype.request = request;

module.exports = {
  Agent: require('undici/lib/dispatcher/agent'),
  Pool: require('undici/lib/dispatcher/pool'),
  buildConnector: require('undici/lib/core/connect'),
};
