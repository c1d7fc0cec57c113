/**
 * Whether a token may be written for the host [P8]: one of Alibaba Cloud's own, one that the registry itself named as its own, or one
 * that the operator allowed. A host that only the ConfigMap names could be anybody's, and would be sent the token by every pull.
 */
export function mayReceiveToken(
  host: string,
  { discovered, allowed }: { readonly discovered: readonly string[]; readonly allowed: readonly string[] },
): boolean {
  return (
    isAlibabaHost(host) || discovered.includes(host) || allowed.includes(host) || allowed.includes(withoutPort(host))
  );
}

/** `<anything>.aliyuncs.com`, with or without a port. */
export function isAlibabaHost(host: string): boolean {
  return withoutPort(host).endsWith('.aliyuncs.com');
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
