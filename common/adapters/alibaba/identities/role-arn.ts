import { Failure } from '../../../domain/failure.ts';

/** `acs:ram::<account>:<kind>/<name>`, or `Failure` `setting-invalid`. It travels as a parameter only: it cannot steer a call. */
export function checkArn(arn: string, kind: 'role' | 'oidc-provider'): string {
  if (arn.length <= 256 && /^acs:ram::\d{1,20}:(role|oidc-provider)\/[\w.@+-]+$/.exec(arn)?.[1] === kind) return arn;
  throw new Failure('setting-invalid', `${JSON.stringify(arn.slice(0, 100))} is not the ARN of a RAM ${kind}`, {
    hint: `write acs:ram::<account id>:${kind}/<name>`,
  });
}
