import { createSecureContext } from 'node:tls';

import { buildConnector } from 'undici';

import type { ConnectionTls, KubernetesConnection } from './kubernetes-connection.ts';

/**
 * Opens connections with the TLS options that hold at that moment, so that a rotated client certificate or authority is
 * taken over without a restart.
 */
export function createConnector(connection: KubernetesConnection): buildConnector.connector {
  let tls: ConnectionTls | undefined;
  let connect: buildConnector.connector = buildConnector({ timeout: connectTimeoutMs });

  const open: (...given: Parameters<buildConnector.connector>) => Promise<void> = async (options, callback) => {
    try {
      const current = await connection.tls();
      if (current !== tls) {
        // Certificates are parsed once, and not by each connection anew.
        const parsed = options.protocol === 'https:' ? { secureContext: createSecureContext(current) } : {};
        connect = buildConnector({ ...current, ...parsed, timeout: connectTimeoutMs });
        tls = current;
      }
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    connect(options, callback);
  };

  return (options, callback) => void open(options, callback);
}

const connectTimeoutMs = 10_000;
