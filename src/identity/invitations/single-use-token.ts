import { createHash, randomBytes } from 'node:crypto';

import { tenantIds } from '../ids';

/** A secret that is mailed, works once, and is kept as its hash. */
export interface SingleUseToken {
  /** `<tenant id>.<256 random bits>`: the tenant can be entered without looking across tenants. */
  readonly token: string;
  readonly hash: string;
}

const SECRET_BYTES = 32;
/** TypeID, dot, 43 characters of base64url. */
const SHAPE = /^(ten_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/;

export function newSingleUseToken(tenantId: string): SingleUseToken {
  const token = `${tenantIds.encode(tenantId)}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, hash: hashOf(token) };
}

/** The tenant that a token names, and the hash to look for there; null for what was never one of ours. */
export function readSingleUseToken(token: string): { readonly tenantId: string; readonly hash: string } | null {
  const tenant = SHAPE.exec(token)?.[1];
  if (tenant === undefined) return null;
  try {
    return { tenantId: tenantIds.decode(tenant), hash: hashOf(token) };
  } catch {
    return null;
  }
}

/** SHA-256: what has 256 random bits needs no slow hash, and a look-up by hash tells nothing by its time. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
