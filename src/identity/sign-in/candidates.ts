import { randomUUID } from 'node:crypto';

import type { Principal } from '../../platform/auth/principal';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import type { UserRole } from '../roles/permissions';
import type { Account } from './devices';

/** A user whom the account may mean. */
export interface Candidate {
  readonly tenantId: string;
  readonly id: string;
  readonly role: UserRole;
  readonly passwordHash: string;
}

/** So many users a sign-in without a tenant looks at, whomever the address means. */
const MOST = 2;

/**
 * One candidate for an account that names its tenant, otherwise two; null stands for nobody, and takes the same work: the time of a
 * sign-in must not tell whether an address is known, nor to how many tenants. A user of more than two is nobody without the tenant.
 */
export async function candidatesFor(database: Database, { email, tenant }: Account, requestId: string): Promise<(Candidate | null)[]> {
  const found = await database.callUntenanted<Ids>(CANDIDATES, [email, tenant ?? null]);
  const looked = tenant === undefined ? MOST : 1;
  const known = found.length > looked ? [] : found;
  const candidates: (Candidate | null)[] = [];
  // One connection per operation.
  while (candidates.length < looked) candidates.push(await candidate(database, known[candidates.length] ?? nobody(), requestId));
  return candidates;
}

interface Ids {
  readonly tenant_id: string;
  readonly user_id: string;
}

const CANDIDATES = 'select tenant_id, user_id from payymo.sign_in_candidates($1, $2)';

const nobody = (): Ids => ({ tenant_id: randomUUID(), user_id: randomUUID() });

async function candidate(database: Database, { tenant_id: tenantId, user_id: id }: Ids, requestId: string): Promise<Candidate | null> {
  const scope = new Scope(database, principalOf({ tenantId, id }), requestId);
  try {
    const [user = null] = await scope.rows<Candidate>(sql`
      select u.tenant_id as "tenantId", u.id, u.role, u.password_hash as "passwordHash"
      from users u join tenants t on t.id = u.tenant_id
      where u.tenant_id = ${tenant} and u.id = ${id} and u.disabled_at is null and t.status <> 'CLOSED'`);
    return user;
  } finally {
    // A password is checked next, which takes long: no connection waits for that.
    await scope.close();
  }
}

/** Acts for the user to be, with no permission at all. */
export const principalOf = ({ tenantId, id: userId }: Pick<Candidate, 'tenantId' | 'id'>): Principal => ({
  tenantId,
  userId,
  clientId: null,
  sessionId: null,
  actor: `user:${userId}`,
  scopes: new Set<string>(),
  authenticatedAt: null,
  methods: [],
});
