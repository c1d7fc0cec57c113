import type { ServerResponse } from 'node:http';

import type { Delivery } from './fault-effects.ts';
import { renderContent, type ServiceReply } from './service-reply.ts';

/** Sends what a call gets. `now` goes into the `Date` header, by which clients measure their clock. */
export function deliver(response: ServerResponse, delivery: Delivery, now: number): void {
  switch (delivery.kind) {
    case 'send':
      sendHead(response, delivery.reply, now).end(renderContent(delivery.reply.content).text);
      return;
    case 'trickle':
      trickle(sendHead(response, delivery.reply, now), delivery.reply, delivery.milliseconds);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      // Nothing: the connection stays open until the client gives up or the simulator stops.
      return;
  }
}

function sendHead(response: ServerResponse, reply: ServiceReply, now: number): ServerResponse {
  const { type, text } = renderContent(reply.content);
  return response.writeHead(reply.status, {
    date: new Date(now).toUTCString(),
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    ...reply.headers,
  });
}

const trickleSteps = 10;

function trickle(response: ServerResponse, reply: ServiceReply, milliseconds: number): void {
  const body = Buffer.from(renderContent(reply.content).text);
  const stepBytes = Math.max(1, Math.ceil(body.length / trickleSteps));
  let sent = 0;
  const timer = setInterval(() => {
    if (sent >= body.length || response.destroyed) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(body.subarray(sent, sent + stepBytes));
    sent += stepBytes;
  }, milliseconds / trickleSteps);
  response.on('close', () => {
    clearInterval(timer);
  });
}
