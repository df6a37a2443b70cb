import { createHmac, createPrivateKey, randomUUID, sign } from 'node:crypto';

import type { AccessTokens } from '../../src/identity/tokens/access-tokens';
import { settings } from './settings';

const b64 = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

/** Signs the bytes of any two parts with RS256 and our own key, so that nothing but their form is wrong. */
export const signParts = (header: string, payload: string, pem = settings().signingKey): string => {
  const input = `${header}.${payload}`;
  return `${input}.${sign('sha256', Buffer.from(input), createPrivateKey(pem)).toString('base64url')}`;
};

/** The same for any two texts. */
export const signTexts = (header: string | Buffer, payload: string | Buffer, pem?: string): string =>
  signParts(b64(header), b64(payload), pem);

/** Signs with HS256 under any secret. */
export function signWithSecret(header: object, claims: object, secret: string | Buffer): string {
  const input = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(claims))}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** A token of a person, as sign-in would give it; `difference` overrides what it is for. */
export async function aToken(tokens: AccessTokens, difference: Partial<Parameters<AccessTokens['issue']>[0]> = {}): Promise<string> {
  const subject = {
    ...{ tenantId: randomUUID(), userId: randomUUID(), clientId: null, scopes: ['tenant:read'] },
    ...{ session: { id: randomUUID(), version: 1 }, authenticatedAt: null, methods: [], confirmation: null },
    ...difference,
  };
  return (await tokens.issue(subject)).accessToken;
}

export interface Parts {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

/** Header and claims of a token as text. */
export function textsOf(token: string): { header: string; claims: string } {
  const [header = '', claims = ''] = token.split('.').map(part => Buffer.from(part, 'base64url').toString('utf8'));
  return { header, claims };
}

export function partsOf(token: string): Parts {
  const { header, claims } = textsOf(token);
  return { header: JSON.parse(header) as Parts['header'], claims: JSON.parse(claims) as Parts['claims'] };
}

/** A token like that one but for the difference, signed with our own key; a member of undefined is left out. */
export function reSigned(token: string, difference: Partial<Parts>, pem?: string): string {
  const { header, claims } = partsOf(token);
  return signTexts(JSON.stringify({ ...header, ...difference.header }), JSON.stringify({ ...claims, ...difference.claims }), pem);
}
