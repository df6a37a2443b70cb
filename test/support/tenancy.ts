import { randomUUID } from 'node:crypto';

import { tenantIds } from '../../src/identity/ids';
import type { Answer, Ask, TestApp, TestTenant } from './app';
import type { TestPlatform } from './platform';

const TENANT = 'tenant { id slug name country status statusReason secondFactorRequired }';

export const CREATE = `mutation ($input: CreateTenantInput!) { createTenant(input: $input) { ${TENANT} } }`;
export const INVITE_FIRST_OWNER = `mutation ($input: InviteFirstOwnerInput!) { inviteFirstOwner(input: $input) { ${TENANT} } }`;
export const SUSPEND = `mutation ($input: SuspendTenantInput!) { suspendTenant(input: $input) { ${TENANT} } }`;
export const RESUME = `mutation ($input: ResumeTenantInput!) { resumeTenant(input: $input) { ${TENANT} } }`;
export const CLOSE = `mutation ($input: CloseTenantInput!) { closeTenant(input: $input) { ${TENANT} } }`;
export const CHANGE_PLAN = `mutation ($input: ChangePlanInput!) { changePlan(input: $input) {
  tenant { id plan { name limits { connections transactionsPerMonth users } features domains expiresAt } } } }`;
export const SETTINGS = `mutation ($input: UpdateTenantSettingsInput!) { updateTenantSettings(input: $input) { ${TENANT} } }`;
export const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken secondFactor { demand } } }';

export const REASON = 'The invoices of Payymo are unpaid';

export const suspend = (ask: Ask, tenantId: string, reason = REASON): Promise<Answer> => ask(SUSPEND, { input: { tenantId, reason } });
export const resume = (ask: Ask, tenantId: string): Promise<Answer> => ask(RESUME, { input: { tenantId } });
export const close = (ask: Ask, { id: tenantId, slug: confirmSlug }: Pick<TestTenant, 'id' | 'slug'>): Promise<Answer> =>
  ask(CLOSE, { input: { tenantId, confirmSlug, reason: REASON } });

/** Gives a tenant a plan without limits but those that are given. @throws Error when that is refused. */
export async function givePlan(platform: TestPlatform, { id: tenantId }: Pick<TestTenant, 'id'>, plan: object): Promise<void> {
  const { errors } = await platform.as('PLATFORM_OPERATOR')(CHANGE_PLAN, { input: { tenantId, plan: { name: 'Test', ...plan } } });
  if (errors) throw new Error(JSON.stringify(errors));
}

/** The plan ran out a moment ago; nobody can order that by the API. */
export const expirePlan = (app: TestApp, { uuid }: Pick<TestTenant, 'uuid'>): Promise<unknown[]> =>
  app.db.query(`update tenants set plan_expires_at = now() - interval '1 second' where id = $1`, [uuid]);

/** The id of a tenant that never was. */
export const unknownTenantId = (): string => tenantIds.encode(randomUUID());

/** The entries of the audit trail, the oldest first. */
export const trailOf = (app: TestApp, tenantUuid: string): Promise<{ action: string; actor: string; before: unknown; after: unknown }[]> =>
  app.db.query('select action, actor, before, after from audit_entries where tenant_id = $1 order by sequence', [tenantUuid]);

/** Takes every tenant away, with all that is theirs; only the database's owner could, and not even their audit trails. */
export const forgetTenants = ({ db }: Pick<TestApp, 'db'>): Promise<unknown[]> =>
  db.query('set session_replication_role = replica; truncate tenants cascade; reset session_replication_role');
