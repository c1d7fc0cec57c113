import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import { isNumbered } from '../../../common/domain/namespaces/secret-naming.ts';
import { namesDependOnHosts, secretNames } from '../../../common/domain/namespaces/secret-names.ts';
import type { RoleName } from '../../../common/domain/role.ts';
import type { AccessRight } from '../../../common/ports/cluster-reader.ts';
import type { Settings } from '../../../common/runtime/settings.ts';
import { count } from '../screen/screen.ts';
import type { Finding } from './doctor-world.ts';

/** The names that Secrets can have under a configuration besides the first one, whose rights are those of every helper. */
export type MoreSecretNames = {
  readonly names: readonly string[];
  /** Those made of a domain, which only `secrets.extraNames` of the chart grants. */
  readonly byDomain: readonly string[];
  /** Those made of a domain are only looked at, for what the original component left (`take-over`). */
  readonly areLeftovers: boolean;
  /** Some registries have not said yet which domains they have. */
  readonly areIncomplete: boolean;
};

/** `stored`: the names that a running helper keeps in the cluster, since some depend on domains that only registries know. */
export function moreSecretNames(
  configuration: Configuration,
  { secretName, region }: Pick<Settings, 'secretName' | 'region'>,
  stored: readonly string[],
): MoreSecretNames {
  const told = secretNames({ configuration, localRegion: region }, secretName, new Map());
  const names = [...new Set([...told, ...stored])].filter((name) => name !== secretName);
  return {
    names,
    byDomain: names.filter((name) => !isNumbered(name, secretName)),
    areLeftovers: configuration.secretNaming === 'aggregated',
    areIncomplete:
      namesDependOnHosts({ configuration }) &&
      stored.length === 0 &&
      configuration.registries.some(({ domains }) => domains === undefined),
  };
}

/** What the roles do with a Secret of one of our names. */
export function rightsToSecret(name: string, roles: readonly RoleName[]): readonly AccessRight[] {
  const verbs = [
    ...(roles.includes('watcher') ? ['list', 'watch'] : []),
    ...(roles.includes('writer') ? ['get', 'create', 'patch', 'delete'] : []),
  ];
  return verbs.map((verb) => ({ verb, group: '', resource: 'secrets', name }));
}

/** `refused`: those of the names to which a right is missing. */
export function judgeSecretNames(more: MoreSecretNames, refused: readonly string[]): Finding {
  const { names, byDomain, areLeftovers, areIncomplete } = more;
  const values = `secrets: { count: ${Math.max(5, names.length - byDomain.length + 1)}, extraNames: [${byDomain.join(', ')}] }`;
  if (refused.length > 0) {
    const isHarmless = areLeftovers && refused.every((name) => byDomain.includes(name));
    return {
      mark: isHarmless ? 'warning' : 'bad',
      says: `${refused.length} of ${names.length} lack a right${isHarmless ? ', so that leftovers of the original stay' : ''}: ${refused.join(', ')}`,
      remedy: `write into the values of the chart, and upgrade: ${values}`,
    };
  }
  if (areIncomplete)
    return {
      mark: 'warning',
      says: 'some depend on domains that no registry has named yet',
      remedy: 'list `domains` in the entries, or ask again when a helper has fetched the first token',
    };
  if (byDomain.length > 0)
    return {
      mark: 'good',
      says: `all rights to ${count(names.length, 'more name')}; in the values of the chart: ${values}`,
    };
  return names.length > 0
    ? { mark: 'good', says: `all rights to ${count(names.length, 'more name')}` }
    : { mark: 'none', says: 'one is enough' };
}
