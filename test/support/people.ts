import { customRoleIds, userIds } from '../../src/identity/ids';
import { permissionsOf, type PlatformRole, type TenantPermission, type UserRole } from '../../src/identity/roles/permissions';
import { CustomRole } from '../../src/identity/roles/custom-role.model';
import { User } from '../../src/identity/users/user.model';
import { jobPrincipal } from '../../src/platform/auth/principal';
import { newId } from '../../src/platform/database/ids';
import { Scope } from '../../src/platform/database/scope';
import type { ReceivedMail } from '../sandbox/smtp/message';
import type { Ask, TestApp } from './app';
import { as, principalOf } from './as';
import { settings } from './settings';

export interface TestUser {
  readonly uuid: string;
  readonly id: string;
  readonly email: string;
  /** Of the custom role, where the user has one. */
  readonly customRoleUuid: string | null;
  readonly customRoleId: string | null;
  /** A client that is signed in, with a second factor just now. */
  readonly ask: Ask;
  /** For calling services. */
  readonly scope: Scope;
}

interface UserParts {
  /** A built-in role; or the permissions of a custom one that is made for the user. */
  readonly role?: Exclude<UserRole, 'CUSTOM'>;
  readonly permissions?: readonly TenantPermission[];
  readonly email?: string;
  readonly name?: string;
}

let people = 0;

/** One more user of a tenant, with the password of all test users: `await aUser(app, northwind, { permissions: ['users:read'] })`. */
export async function aUser(
  app: TestApp,
  { uuid: tenantId }: { readonly uuid: string },
  { role = 'VIEWER', permissions, email, name = 'Somebody' }: UserParts = {},
): Promise<TestUser> {
  people += 1;
  const [uuid, address] = [newId(), email ?? `user-${people}@people.example`];
  const customRoleUuid = permissions ? newId() : null;
  await new Scope(app.database, jobPrincipal(tenantId, 'test'), 'test').change(async transaction => {
    if (permissions && customRoleUuid) {
      const values = { id: customRoleUuid, name: `Role of user ${people}`, description: '', permissions: [...permissions] };
      await CustomRole.create(values, { transaction });
    }
    const granted = { role: customRoleUuid === null ? role : 'CUSTOM', customRoleId: customRoleUuid } as const;
    await User.create({ id: uuid, email: address, name, ...granted, passwordHash: settings().passwordHash }, { transaction });
  });
  const actor = { userId: uuid, scopes: permissions ?? permissionsOf[role] };
  return {
    uuid,
    id: userIds.encode(uuid),
    email: address,
    customRoleUuid,
    customRoleId: customRoleUuid === null ? null : customRoleIds.encode(customRoleUuid),
    ask: as(app, token => app.ask(token), tenantId, actor),
    scope: new Scope(app.database, principalOf(tenantId, actor), 'test'),
  };
}

/** One more user of the platform. */
export const aPlatformUser = async (app: TestApp, role: PlatformRole): Promise<TestUser> =>
  aUser(app, { uuid: await app.platform.ensure() }, { role });

/** The token in the link of a mail. */
export function tokenIn(mail: ReceivedMail | undefined): string {
  const token = /#token=(\S+)/.exec(mail?.text ?? '')?.[1];
  if (token === undefined) throw new Error('There is no link in this mail');
  return token;
}

/** What the audit trail of a tenant says of an object, oldest first. */
export const trailOf = (
  app: TestApp,
  tenantId: string,
  objectId: string,
): Promise<{ action: string; actor: string; before: unknown; after: unknown }[]> =>
  app.db.query('select action, actor, before, after from audit_entries where tenant_id = $1 and object_id = $2 order by sequence', [
    tenantId,
    objectId,
  ]);
