import { createHash, hkdfSync, randomBytes } from 'node:crypto';

import { Seal } from '../../platform/crypto/seal';

/** What a client holds: `payymo_rt_<tenant>.<256 random bits>`. The prefix lets scanners of leaked secrets know it. */
export interface RefreshToken {
  readonly tenantId: string;
  readonly text: string;
}

const PREFIX = 'payymo_rt_';
const FORM = /^payymo_rt_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[\w-]{43}$/;

export const newRefreshToken = (tenantId: string): RefreshToken => ({
  tenantId,
  text: `${PREFIX}${tenantId}.${randomBytes(32).toString('base64url')}`,
});

/** Null for what is no refresh token of ours. */
export function readRefreshToken(text: string): RefreshToken | null {
  const tenantId = FORM.exec(text)?.[1];
  return tenantId === undefined ? null : { tenantId, text };
}

/** All that is kept of a token. */
export const hashOf = ({ text }: RefreshToken): Buffer => createHash('sha256').update(text).digest();

/** Seals the successor so that only who presents the consumed token once more can have it; `rowId` is the consumed token's. */
export const sealSuccessor = (consumed: RefreshToken, rowId: string, successor: RefreshToken): string =>
  sealOf(consumed).seal(successor.text, placeOf(consumed, rowId));

/** @throws Error when it was sealed with another token. */
export const openSuccessor = (consumed: RefreshToken, rowId: string, sealed: string): RefreshToken => ({
  tenantId: consumed.tenantId,
  text: sealOf(consumed).open(sealed, placeOf(consumed, rowId)),
});

/** HKDF (RFC 5869) of the token, which is nowhere but with the client. */
const sealOf = ({ text }: RefreshToken): Seal => new Seal(Buffer.from(hkdfSync('sha256', text, '', 'payymo-refresh-successor-v1', 32)));

const placeOf = ({ tenantId }: RefreshToken, rowId: string) => ({
  tenantId,
  table: 'refresh_tokens',
  column: 'successor_sealed',
  rowId,
});
