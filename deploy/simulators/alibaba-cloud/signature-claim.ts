import { timingSafeEqual } from 'node:crypto';

/** What a signed request says about its signer, in whichever of the three ways it was signed. */
export type SignatureClaim = {
  readonly scheme: 'v3' | 'rpc-v1' | 'roa-v1';
  readonly accessKeyId: string;
  readonly securityToken?: string | undefined;
  /** ms since the epoch; `NaN` when the date cannot be read. */
  readonly signedAt: number;
  readonly nonce: string;
  readonly signature: string;
  /** What our side would have signed; the real service repeats it in `SignatureDoesNotMatch`. */
  readonly stringToSign: string;
  /** The signature that the holder of `secret` would have made. */
  expectedSignature(secret: string): string;
};

/** Whether the claim was signed with `secret`. */
export function isSignedWith(claim: SignatureClaim, secret: string): boolean {
  const expected = Buffer.from(claim.expectedSignature(secret));
  const actual = Buffer.from(claim.signature);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
