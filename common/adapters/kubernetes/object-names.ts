/** Names that this program writes into the cluster. Others depend on them: see docs/configuration. */

/** `fieldManager` of every write, so that `managedFields` tells what is ours. */
export const fieldManager = 'acr-credential-helper';

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedByValue = 'acr-credential-helper';

/** RFC 3339: when the first credential of the Secret expires. */
export const expiresAtAnnotation = 'acr-credential-helper/expires-at';

/** Hash of the content. */
export const versionAnnotation = 'acr-credential-helper/version';

/** JSON array of `{id, hosts, domains, discovered, issuedAt, expiresAt}` with RFC 3339 times. */
export const sourcesAnnotation = 'acr-credential-helper/sources';

/** On the ConfigMap: hash of the configuration that a person wants although it detaches much. */
export const confirmAnnotation = 'acr-credential-helper/confirm';

/** `"true"` on a Namespace or ServiceAccount: leave it alone. */
export const ignoreAnnotation = 'acr-credential-helper/ignore';

/** The key of a Secret of type `kubernetes.io/dockerconfigjson`. */
export const dockerConfigKey = '.dockerconfigjson';
