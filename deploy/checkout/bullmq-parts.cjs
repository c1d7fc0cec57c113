// The part of BullMQ that the program uses. The whole of it (PostgreSQL, flows, other clients) costs 15 ms and 5 MiB at each start.
// build.mjs puts this file in the place of `bullmq`, for the imports of our own files.
const { DelayedError } = require('bullmq/dist/cjs/classes/errors/delayed-error');
const { Queue } = require('bullmq/dist/cjs/classes/queue');
const { Worker } = require('bullmq/dist/cjs/classes/worker');

module.exports = { DelayedError, Queue, Worker };
