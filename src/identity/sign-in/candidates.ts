import { randomUUID } from 'node:crypto';

import type { Caller } from '../../platform/auth/caller';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import type { UserRole } from '../roles/permissions';

/** A user whom the e-mail address may mean. */
export interface Candidate {
  /** Of the user's tenant, for the time of the sign-in; its holder closes it. */
  readonly scope: Scope;
  /** Null for nobody: the time of a sign-in must not tell whether an address is known. */
  readonly user: CandidateUser | null;
}

export interface CandidateUser {
  readonly id: string;
  readonly role: UserRole;
  readonly passwordHash: string;
}

/** E-mail address in lower case; slug of the tenant. */
export async function candidatesFor(
  database: Database,
  { email, tenant: slug }: { readonly email: string; readonly tenant: string | undefined },
  caller: Caller,
  requestId: string,
): Promise<Candidate[]> {
  const rows = await database.callUntenanted<Ids>(CANDIDATES, [email, slug ?? null]);
  const found: Candidate[] = [];
  for (const ids of rows.length > 0 ? rows : [nobody()]) found.push(await candidate(database, ids, caller, requestId));
  return found;
}

interface Ids {
  readonly tenant_id: string;
  readonly user_id: string;
}

const CANDIDATES = 'select tenant_id, user_id from payymo.sign_in_candidates($1, $2)';

const nobody = (): Ids => ({ tenant_id: randomUUID(), user_id: randomUUID() });

async function candidate(
  database: Database,
  { tenant_id: tenantId, user_id: id }: Ids,
  caller: Caller,
  requestId: string,
): Promise<Candidate> {
  const scope = new Scope(database, principalOf(tenantId, id), requestId, caller);
  const [user = null] = await scope.rows<CandidateUser>(sql`
    select u.id, u.role, u.password_hash as "passwordHash"
    from users u join tenants t on t.id = u.tenant_id
    where u.tenant_id = ${tenant} and u.id = ${id} and u.disabled_at is null and t.status <> 'CLOSED'`);
  // A password is checked next, which takes long: no connection waits for that.
  await scope.end();
  return { scope, user };
}

/** Acts for the user to be, with no permission at all. */
const principalOf = (tenantId: string, userId: string) => ({
  tenantId,
  userId,
  clientId: null,
  sessionId: null,
  actor: `user:${userId}`,
  scopes: new Set<string>(),
  authenticatedAt: null,
  methods: [],
});
