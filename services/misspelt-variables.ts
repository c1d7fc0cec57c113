import { nearestNames } from '../common/domain/configuration/problems/nearest-name.ts';

/**
 * The variables that begin like ours, are not read, and look like a slip of one that is; each with the one that may be meant. What
 * Kubernetes sets for a Service whose name begins with "acr-helper" looks like ours, too, and is none of our business.
 */
export function misspeltVariables(
  present: readonly string[],
  read: readonly string[],
): readonly { readonly name: string; readonly meant: string }[] {
  const flags = read.map((name) => ({ name: name.slice(prefix.length) }));
  return present
    .filter((name) => name.startsWith(prefix) && !read.includes(name) && !serviceLink.test(name))
    .flatMap((name) => {
      const [meant] = nearestNames(name.slice(prefix.length), flags);
      return meant === undefined ? [] : [{ name, meant: prefix + meant }];
    });
}

const prefix = 'ACR_HELPER_';

/** Source: Kubernetes documentation, "Service", "Environment variables". */
const serviceLink = /_SERVICE_(HOST|PORT(_.+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;
