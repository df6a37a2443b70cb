import { userIds } from '../../src/identity/ids';
import { permissionsOf, type PlatformRole, platformRoles } from '../../src/identity/roles/permissions';
import { User } from '../../src/identity/users/user.model';
import { jobPrincipal } from '../../src/platform/auth/principal';
import { newId } from '../../src/platform/database/ids';
import { Scope } from '../../src/platform/database/scope';
import type { Ask, TestApp } from './app';
import { type Actor, as, principalOf } from './as';
import { settings } from './settings';

/** The platform's own tenant with an operator and an auditor. */
export interface TestPlatform {
  readonly uuid: string;
  readonly userUuids: Readonly<Record<PlatformRole, string>>;
  readonly userIds: Readonly<Record<PlatformRole, string>>;
  /** A client that is signed in with a role, with a password and a one-time password just now unless told otherwise. */
  as(role: PlatformRole, difference?: Partial<Actor>): Ask;
  /** A scope with the permissions of a role, for calling services. */
  scope(role?: PlatformRole): Scope;
}

/** Makes the platform's tenant and its people. */
export async function aPlatform(app: TestApp): Promise<TestPlatform> {
  const uuid = await app.platform.ensure();
  const userUuids = Object.fromEntries(platformRoles.map(role => [role, newId()])) as Record<PlatformRole, string>;
  await new Scope(app.database, jobPrincipal(uuid, 'test'), 'test').change(async transaction => {
    for (const role of platformRoles) {
      const email = `${role.toLowerCase()}@platform.example`;
      await User.create({ id: userUuids[role], email, name: role, role, passwordHash: settings().passwordHash }, { transaction });
    }
  });
  const actorOf = (role: PlatformRole): Actor => ({ userId: userUuids[role], scopes: permissionsOf[role] });
  return {
    uuid,
    userUuids,
    userIds: Object.fromEntries(platformRoles.map(role => [role, userIds.encode(userUuids[role])])) as Record<PlatformRole, string>,
    as: (role, difference) => as(app, authorization => app.ask(authorization), uuid, { ...actorOf(role), ...difference }),
    scope: (role = 'PLATFORM_OPERATOR') => new Scope(app.database, principalOf(uuid, actorOf(role)), 'test'),
  };
}
