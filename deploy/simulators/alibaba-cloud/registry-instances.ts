import { cloudError, serviceError } from './cloud-error.ts';
import { parameter, requiredParameter } from './cloud-request.ts';
import type { CloudAction, CloudCall } from './cloud-action.ts';
import { requirePermission } from './identity.ts';
import { temporaryUserName } from './tokens.ts';
import type { RegistryEndpoint, RegistryInstance } from './world.ts';

/** ACR Enterprise and Economy Edition, `cr` `2018-12-01`. Source: the product's API pages and SDK models. */
export const registryInstanceActions = {
  GetAuthorizationToken: { signed: true, run: getAuthorizationToken },
  ListInstanceEndpoint: { signed: true, run: listInstanceEndpoint },
  GetInstanceEndpoint: { signed: true, run: getInstanceEndpoint },
  ListInstance: { signed: true, run: listInstance },
} satisfies Record<string, CloudAction>;

function getAuthorizationToken(call: CloudCall): Record<string, unknown> {
  requirePermission(call.identity, 'cr:GetAuthorizationToken');
  const instance = requireInstance(call);
  if (instance.status !== 'RUNNING') {
    throw serviceError('INSTANCE_STATUS_NOT_SUPPORT', `instance status ${instance.status} is not supported.`, 400);
  }
  const token = call.tokens.issue({ kind: 'instance', instanceId: instance.id }, call.identity, tokenSeconds(call));
  return success({
    TempUsername: temporaryUserName,
    AuthorizationToken: token.password,
    ExpireTime: token.expiresAt,
  });
}

function listInstanceEndpoint(call: CloudCall): Record<string, unknown> {
  requirePermission(call.identity, 'cr:ListInstanceEndpoint');
  const { endpoints } = requireInstance(call);
  const isRegistry = (parameter(call.request, 'ModuleName') ?? 'Registry') === 'Registry';
  return success({ Endpoints: isRegistry ? endpoints.map(listedEndpoint) : [] });
}

function getInstanceEndpoint(call: CloudCall): Record<string, unknown> {
  requirePermission(call.identity, 'cr:GetInstanceEndpoint');
  const type = requiredParameter(call.request, 'EndpointType');
  const endpoint = requireInstance(call).endpoints.find((candidate) => candidate.type === type);
  if (endpoint === undefined) {
    throw serviceError('INSTANCE_ACCESS_NOT_EXIST', 'instance access is not exist.', 404);
  }
  const { EndpointType: _, LinkedVpcs: __, ...rest } = listedEndpoint(endpoint);
  return success(rest);
}

function listInstance(call: CloudCall): Record<string, unknown> {
  requirePermission(call.identity, 'cr:ListInstance');
  const pageNumber = pageParameter(call, 'PageNo', 1, 100_000);
  const pageSize = pageParameter(call, 'PageSize', 30, 100);
  const own = call.world.current.instances.filter((instance) => isVisible(instance, call));
  const page = own.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  return success({
    Instances: page.map((instance) => ({
      InstanceId: instance.id,
      InstanceName: instance.name,
      InstanceStatus: instance.status,
      InstanceSpecification: instance.edition === 'economy' ? 'Economy' : 'Enterprise_Basic',
      RegionId: instance.regionId,
    })),
    PageNo: pageNumber,
    PageSize: pageSize,
    TotalCount: own.length,
  });
}

function success(body: Record<string, unknown>): Record<string, unknown> {
  return { ...body, Code: 'success', IsSuccess: true };
}

/** An instance exists for its own account, at the hosts of its own region, and nowhere else. */
function requireInstance(call: CloudCall): RegistryInstance {
  const id = requiredParameter(call.request, 'InstanceId');
  const instance = call.world.current.instances.find((candidate) => candidate.id === id && isVisible(candidate, call));
  if (instance === undefined) throw serviceError('INSTANCE_NOT_EXIST', 'instance is not exist.', 404);
  return instance;
}

function isVisible(instance: RegistryInstance, call: CloudCall): boolean {
  return instance.regionId === call.region && instance.accountId === call.identity.accountId;
}

function tokenSeconds(call: CloudCall): number {
  const hours = parameter(call.request, 'ExpiresInHours');
  if (hours === undefined) return call.world.current.registryTokenSeconds;
  if (!/^\d{1,2}$/.test(hours) || Number(hours) < 1 || Number(hours) > 24) {
    throw cloudError('InvalidParameter.ExpiresInHours', 'ExpiresInHours must be between 1 and 24.');
  }
  return Number(hours) * 3600;
}

function listedEndpoint(endpoint: RegistryEndpoint): Record<string, unknown> {
  return {
    EndpointType: endpoint.type,
    Enable: endpoint.enabled,
    Status: endpoint.status,
    AclEnable: false,
    AclEntries: [],
    Domains: endpoint.domains.map(({ domain, type }) => ({ Domain: domain, Type: type })),
    LinkedVpcs: endpoint.linkedVpcIds.map((id) => ({ VpcId: id })),
  };
}

function pageParameter(call: CloudCall, name: string, whenAbsent: number, largest: number): number {
  const text = parameter(call.request, name);
  if (text === undefined) return whenAbsent;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > largest) {
    throw cloudError(`InvalidParameter.${name}`, `${name} must be between 1 and ${largest}.`);
  }
  return value;
}
