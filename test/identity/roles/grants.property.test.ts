import fc from 'fast-check';

import { grantedBy } from '../../../src/identity/roles/granted';
import { roles as builtIn, type TenantPermission, type UserRole } from '../../../src/identity/roles/permissions';
import { Roles } from '../../../src/identity/roles/roles.service';
import { Users } from '../../../src/identity/users/users.service';
import { PayymoError } from '../../../src/platform/errors';
import { newId } from '../../../src/platform/database/ids';
import { Scope } from '../../../src/platform/database/scope';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { principalOf } from '../../support/as';
import { aBusiness } from '../../support/business';
import { aUser } from '../../support/people';

const PERMISSIONS: readonly TenantPermission[] = ['users:read', 'users:update', 'roles:create', 'roles:update', 'matches:approve'];
const PEOPLE = 5;
const ROLES = 3;

/** Who does what to whom; numbers stand for people and custom roles. */
type Act =
  | { readonly kind: 'CREATE' | 'UPDATE'; readonly actor: number; readonly role: number; readonly permissions: TenantPermission[] }
  | { readonly kind: 'DELETE'; readonly actor: number; readonly role: number }
  | { readonly kind: 'GIVE'; readonly actor: number; readonly user: number; readonly choice: UserRole | number }
  | { readonly kind: 'DISABLE' | 'ENABLE' | 'LEAVE'; readonly actor: number; readonly user: number };

const person = fc.nat(PEOPLE - 1);
/** Of those that there are by then. */
const role = fc.nat(2 * ROLES);
const permissions = fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('CREATE' as const, 'UPDATE' as const), actor: person, role, permissions }),
  fc.record({ kind: fc.constant('DELETE' as const), actor: person, role }),
  { arbitrary: fc.record({ kind: fc.constant('GIVE' as const), actor: person, user: person, choice: fc.oneof(fc.constantFrom<UserRole>(...builtIn), role) }), weight: 3 }, // prettier-ignore
  fc.record({ kind: fc.constantFrom('DISABLE' as const, 'ENABLE' as const, 'LEAVE' as const), actor: person, user: person }),
);
/** Acts of one batch happen at the same time. */
const batches = fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 8, maxLength: 16 });

interface Person {
  readonly id: string;
  readonly role: UserRole;
  readonly active: boolean;
  readonly permissions: readonly string[];
}

let app: TestApp;
let tenant: TestTenant;
let people: readonly string[];
let users: Users;
let service: Roles;
const outcomes = { done: 0, refused: 0 };

beforeAll(async () => {
  app = await startApp([aBusiness()]);
  tenant = app.tenant('northwind');
  const [second, custom] = [await aUser(app, tenant, { role: 'OWNER' }), await aUser(app, tenant, { permissions: ['users:read'] })];
  people = [tenant.userUuids.OWNER, second.uuid, tenant.userUuids.ADMIN, tenant.userUuids.ACCOUNTANT, custom.uuid];
  // What sessions do is proven elsewhere; here it counts what the rows say.
  const sessions = { renewAllOf: () => Promise.resolve(), endAllOf: () => Promise.resolve() };
  const room = { left: Infinity, used: 0, allowed: Infinity };
  const plans = { room: () => Promise.resolve(room), requireFeature: () => Promise.resolve() };
  users = new Users(sessions, plans, app.clock);
  service = new Roles(sessions, plans);
});
afterAll(() => app.close());

async function beginAnew(): Promise<string[]> {
  const made = Array.from({ length: ROLES }, () => newId());
  const values = [tenant.uuid, people, ['OWNER', 'OWNER', 'ADMIN', 'CUSTOM', 'CUSTOM'], made];
  await app.db.query('update users set custom_role_id = null, role = $1 where tenant_id = $2', ['VIEWER', tenant.uuid]);
  await app.db.query('delete from custom_roles where tenant_id = $1', [tenant.uuid]);
  const grants = [
    ['users:read', 'users:update', 'matches:approve'],
    ['roles:create', 'roles:update', 'users:read', 'users:update'],
    ['users:read'],
  ];
  for (const [at, id] of made.entries()) {
    await app.db.query(
      `insert into custom_roles (tenant_id, id, name, description, permissions) values ($1, $2::uuid, $2::uuid::text, '', $3)`,
      [tenant.uuid, id, grants[at]],
    );
  }
  await app.db.query(
    `update users u set role = p.role, disabled_at = null, custom_role_id = case when p.role = 'CUSTOM' then ($4::uuid[])[1 + p.at % 2] end
     from unnest($2::uuid[], $3::text[]) with ordinality as p (id, role, at) where u.tenant_id = $1 and u.id = p.id`,
    values,
  );
  return made;
}

async function census(): Promise<readonly Person[]> {
  const rows = await app.db.query<{ id: string; role: UserRole; active: boolean; granted: string[] | null }>(
    `select u.id, u.role, u.disabled_at is null as active, r.permissions as granted
     from users u left join custom_roles r on (r.tenant_id, r.id) = (u.tenant_id, u.custom_role_id)
     where u.tenant_id = $1 and u.id = any($2) order by array_position($2, u.id)`,
    [tenant.uuid, people],
  );
  return rows.map(({ granted, ...row }) => ({ ...row, permissions: grantedBy(row.role, granted && { permissions: granted }) }));
}

const at = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item;

/** With a token that may be old: it says all that there is. */
const scopeOf = (actor: number) =>
  new Scope(app.database, principalOf(tenant.uuid, { userId: at(people, actor), scopes: Object.keys(grants) }), 'test');
const grants = Object.fromEntries(grantedBy('OWNER', null).map(permission => [permission, true]));

async function perform(deed: Act, made: string[]): Promise<unknown> {
  const scope = scopeOf(deed.actor);
  switch (deed.kind) {
    case 'CREATE':
      return made.push((await service.create(scope, { name: newId(), description: '', permissions: deed.permissions })).id);
    case 'UPDATE':
      return service.update(scope, at(made, deed.role), { permissions: deed.permissions });
    case 'DELETE':
      return service.delete(scope, at(made, deed.role));
    case 'GIVE': {
      const { choice } = deed;
      const chosen =
        typeof choice === 'number' ? ({ role: 'CUSTOM', customRoleId: at(made, choice) } as const) : { role: choice, customRoleId: null };
      return users.changeRole(scope, at(people, deed.user), chosen);
    }
    case 'DISABLE':
      return users.disable(scope, at(people, deed.user));
    case 'ENABLE':
      return users.enable(scope, at(people, deed.user));
    case 'LEAVE':
      return users.leave(scope);
  }
}

async function attempt(deed: Act, made: string[]): Promise<void> {
  try {
    await perform(deed, made);
    outcomes.done += 1;
  } catch (error) {
    if (!(error instanceof PayymoError) || !['FORBIDDEN', 'CONFLICT', 'NOT_FOUND'].includes(error.code)) throw error;
    outcomes.refused += 1;
  }
}

/** What holds after each batch, given what was before it. */
function judge(before: readonly Person[], after: readonly Person[], deeds: readonly Act[]): void {
  const actors = deeds.map(({ actor }) => at(before, actor)).filter(({ active }) => active);
  const held = new Set(actors.flatMap(actor => actor.permissions));
  expect(after.some(({ role, active }) => role === 'OWNER' && active)).toBe(true);
  for (const [index, now] of after.entries()) {
    const was = at(before, index);
    const gained = now.permissions.filter(permission => !was.permissions.includes(permission));
    expect(gained.filter(permission => !held.has(permission))).toEqual([]);
    if ((now.role === 'OWNER') !== (was.role === 'OWNER')) expect(actors.map(({ role }) => role)).toContain('OWNER');
    const changed =
      now.role !== was.role || now.active !== was.active || gained.length > 0 || now.permissions.length !== was.permissions.length;
    // Somebody who held as much as they did, and no less, has done it; they themselves too.
    if (changed) expect(was.permissions.filter(permission => !held.has(permission))).toEqual([]);
  }
}

describe('random people who change roles and each other', () => {
  it('never hold what nobody who acted held, touch nobody who held more, and always leave an active owner [SEC-010]', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async sequence => {
        const made = await beginAnew();
        let before = await census();
        for (const deeds of sequence) {
          await Promise.all(deeds.map(deed => attempt(deed, made)));
          const after = await census();
          judge(before, after, deeds);
          before = after;
        }
      }),
      { numRuns: 10, endOnFailure: true },
    );
    // Both happened, so that it means something.
    expect(outcomes.done).toBeGreaterThan(30);
    expect(outcomes.refused).toBeGreaterThan(30);
  }, 60_000);
});
