import { isMachinePermission, isReading } from '../clients/machine-permissions';
import type { KnownClient } from './known-clients';
import { invalidScope } from './oauth-error';

/** Asks for a refresh token (OpenID Connect Core, section 11). */
export const OFFLINE_ACCESS = 'offline_access';

/**
 * What a client may do: what it was given, as far as machines may have it. Of a suspended tenant it may read, no more, so that a partner
 * learns of the suspension by the scope of its token rather than by a failed change.
 */
export const scopesOf = ({ client, tenantStatus }: KnownClient): readonly string[] =>
  client.scopes.filter(scope => isMachinePermission(scope) && (tenantStatus === 'ACTIVE' || isReading(scope)));

/** What is asked for, in order; everything when nothing particular is. */
export function wantedOf(available: readonly string[], asked: ReadonlySet<string> | undefined): readonly string[] {
  const wanted = [...(asked ?? [])].filter(scope => scope !== OFFLINE_ACCESS);
  return (wanted.length > 0 ? wanted : [...available]).sort();
}

/**
 * What is granted of what is asked for: all of it, or nothing (RFC 6749, section 3.3).
 * @throws OAuthError invalid_scope for a scope that is unknown or beyond what is available.
 */
export function grantedScopes(available: readonly string[], asked: ReadonlySet<string> | undefined): readonly string[] {
  const wanted = wantedOf(available, asked);
  if (wanted.length === 0) throw invalidScope('The client may do nothing at the moment');
  if (!wanted.every(scope => available.includes(scope))) throw invalidScope('A scope is unknown, or more than the client may have');
  return wanted;
}
