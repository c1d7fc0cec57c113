import { request } from 'node:https';
import { Failure } from '../../domain/failure.ts';
import type { WebhookProbe } from '../../ports/admission.ts';

/**
 * Asks the webhook for `/healthz` the way an API server would reach it, and trusts only what an API server is going to trust.
 * Throws `webhook-unreachable`.
 */
export const probeWebhook: WebhookProbe = (baseUrl, caBundle) =>
  new Promise((resolve, reject) => {
    const fail = (problem: string): void =>
      reject(new Failure('webhook-unreachable', `the webhook at ${baseUrl} does not answer yet: ${problem}`));
    const options = { agent: false, timeout: timeoutMilliseconds, ...(caBundle === undefined ? {} : { ca: caBundle }) };
    const outgoing = request(new URL('/healthz', baseUrl), options, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? resolve() : fail(`HTTP ${response.statusCode}`)));
      response.on('error', (error) => fail(error.message));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => fail(error.message));
    outgoing.end();
  });

const timeoutMilliseconds = 3000;
