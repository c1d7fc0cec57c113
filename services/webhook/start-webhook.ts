import { setTimeout as sleep } from 'node:timers/promises';
import { referenceRules, type AdmissionRules } from '../../common/domain/admission/reference-rules.ts';
import { certificateSecretName } from '../../common/domain/admission/serving-certificate.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { toFailure } from '../../common/domain/failure.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { WebhookWorld } from '../world.ts';
import { answerReviews } from './answer-review.ts';
import { followCertificate } from './follow-certificate.ts';
import { followNamespaces, type KnownNamespaces } from './follow-namespaces.ts';
import { judgeConfiguration } from './judge-configuration.ts';
import { startReviewServer, type ReviewServer } from './review-server.ts';

/**
 * Serves the webhook for as long as `webhook-configuration` is enabled.
 *
 * Calls: list and watch of `namespaces` (metadata), and of the Secret `acr-credential-helper-webhook-certificate` in the namespace of
 * the ConfigMap, which is also read (get); with `--webhook-cert-dir` not even these. None of them while a review is answered.
 */
export async function startWebhook(world: WebhookWorld): Promise<void> {
  const { shutdown } = world;
  const running = serveWhileEnabled(world);
  shutdown.add('webhook', () => running);
}

async function serveWhileEnabled(world: WebhookWorld): Promise<void> {
  const { configurations, health, report, shutdown } = world;
  const { signal } = shutdown;
  // A Service must not send anybody to a replica that has only just begun.
  health.watch('webhook', () => 'the configuration is not known yet');
  while (!signal.aborted) {
    try {
      if ((await configurations.read())?.configuration.admission.enabled === true) await serve(world);
      else health.watch('webhook', () => undefined);
    } catch (error) {
      if (signal.aborted) return;
      const failure = toFailure(error);
      report({ kind: 'message-failed', message: 'webhook', key: 'server', failure, retryInSeconds: retrySeconds });
      await pause(retrySeconds, signal);
    }
    await pause(checkSeconds, signal);
  }
}

/** Another process may have put a configuration in force, of which nobody tells. */
const checkSeconds = 0.5;
const retrySeconds = 2;

/** Returns when it is not enabled any more. Rejects when something that it needs failed; it is started anew then. */
async function serve(world: WebhookWorld): Promise<void> {
  const { settings, shutdown, metrics, report } = world;
  const round = new AbortController();
  const signal = AbortSignal.any([shutdown.signal, round.signal]);
  const cluster = await world.connectWatcher();
  const namespaces = followNamespaces(cluster, signal);
  const memory: Memory = { rules: undefined };
  const ownNamespace = settings.configMap.namespace;
  let server: ReviewServer | undefined;
  const answer = answerReviews({
    rules: () => memory.rules,
    namespaces,
    ownNamespace,
    judgeConfiguration: judgeConfiguration(world),
    metrics,
  });
  const notReady = (): string | undefined => whatIsMissing(memory, namespaces);
  // A Service sends nobody here before.
  world.health.watch('webhook', () => (server === undefined ? 'it has no certificate yet' : notReady()));
  const following = followCertificate({
    folder: world.certificateFolder,
    store: await world.connectCertificates(),
    cluster,
    ownNamespace,
    secretName: certificateSecretName,
    signal,
    patienceSeconds: trustSeconds,
    folderSeconds,
    failed: (failure, retryInSeconds) =>
      report({ kind: 'message-failed', message: 'webhook', key: 'certificate', failure, retryInSeconds }),
    use: async (certificate) => {
      if (server === undefined)
        server = await startReviewServer({ address: settings.webhook.address, certificate, answer, notReady });
      else server.useCertificate(certificate);
      const { host } = settings.webhook.address;
      report({ kind: 'webhook-listening', address: `${host}:${server.port}`, expiresAt: certificate.expiresAt });
    },
  });
  try {
    await Promise.race([followRules(memory, world, signal), following, namespaces.ended]);
  } finally {
    round.abort();
    world.health.watch('webhook', () => 'it does not serve at the moment');
    await server?.close(shutdown.signal.aborted ? farewellSeconds : 0);
    if (server !== undefined) report({ kind: 'webhook-stopped' });
    await Promise.allSettled([following, namespaces.ended]);
  }
}

/** After a certificate was lost: until the writer has seen it, and every API server trusts the new one. */
const trustSeconds = 10;

const folderSeconds = 10;

/** Who stops is still sent reviews until every node has heard that its Service leads elsewhere. */
const farewellSeconds = 5;

type Memory = { rules: AdmissionRules | undefined };

function whatIsMissing({ rules }: Memory, namespaces: KnownNamespaces): string | undefined {
  if (rules === undefined) return 'no configuration is in force yet';
  return namespaces.isComplete() ? undefined : 'the namespaces are not listed yet';
}

/** Keeps the rules in step with configuration and credentials. Returns a while after the configuration switched admission off. */
async function followRules(memory: Memory, world: WebhookWorld, signal: AbortSignal): Promise<void> {
  const { configurations, credentials, settings, report } = world;
  let offSince: number | undefined;
  while (!signal.aborted) {
    const inForce = await persistently(() => configurations.read(), {
      signal,
      onFailure: (failure, retryInSeconds) =>
        report({ kind: 'message-failed', message: 'webhook', key: 'configuration', failure, retryInSeconds }),
    });
    if (inForce !== undefined) {
      const ids = [...resolveRegistries(inForce).sources.keys()];
      // What was known before goes on: Redis may be away for a while.
      const records = await credentials.read(ids).catch(() => undefined);
      const { secretName, allowedHosts } = settings;
      if (records !== undefined) memory.rules = referenceRules({ inForce, records, secretName, allowedHosts });
    }
    offSince = inForce?.configuration.admission.enabled === true ? undefined : (offSince ?? Date.now());
    if (offSince !== undefined && Date.now() - offSince > lingerSeconds * 1000) return;
    await pause(checkSeconds, signal);
  }
}

/** API servers call on for a moment after the webhook was taken out of the registration. */
const lingerSeconds = 15;

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
