import type { Scope } from '../../platform/database/scope';
import { forbidden } from '../../platform/errors';
import type { PlatformPermission } from '../roles/permissions';
import { tenantById } from './tenant.loader';

/** The ways in which a second factor shows in a token (amr). */
const SECOND_FACTORS: ReadonlySet<string> = new Set(['otp', 'hwk', 'mfa']);

/**
 * Lets only people of the platform pass who gave a second factor and hold the permission: the scope alone is not enough, it must be
 * a scope of the platform's own tenant.
 * @throws FORBIDDEN
 * @requirement SEC-010
 */
export async function requirePlatform(scope: Scope, permission: PlatformPermission): Promise<void> {
  scope.require(permission);
  const { tenantId, userId, methods } = scope.actor;
  const realm = await tenantById(scope).load(tenantId);
  const isOfPlatform = realm?.kind === 'PLATFORM' && userId !== null && methods.some(method => SECOND_FACTORS.has(method));
  if (!isOfPlatform) throw forbidden(permission);
}
