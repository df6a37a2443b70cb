import type { Caller } from '../../platform/auth/caller';
import { jobPrincipal } from '../../platform/auth/principal';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { columns, sql, tenant } from '../../platform/database/sql';
import { ApiClientSecret } from '../clients/api-client-secret.model';
import type { ApiClientRecord, ApiClientSecretRecord } from '../clients/api-client.loader';
import { ApiClient } from '../clients/api-client.model';
import { isValidAt } from '../clients/client-secrets';
import { apiClientIds } from '../ids';

export type SecretRow = ApiClientSecretRecord & { readonly hash: Buffer };

/** A client that has not ended, of a tenant that is not closed. */
export interface KnownClient {
  readonly client: ApiClientRecord;
  /** Those that are valid now. */
  readonly secrets: readonly SecretRow[];
  readonly tenantStatus: 'ACTIVE' | 'SUSPENDED';
}

/** Names no tenant and no client: looking them up costs what looking up others costs. */
const NOBODY = '00000000-0000-7000-8000-000000000000';
/** How exact "last used" is: every token would otherwise write. */
const LAST_USED_MS = 60_000;

/** Finds the clients that name themselves at the OAuth endpoints, before their tenant is known. */
export class KnownClients {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Undefined for an id that is no client's; it asks the database for as much as for one that is. */
  async find(clientId: string, requestId: string): Promise<KnownClient | undefined> {
    const id = rowIdOf(clientId) ?? NOBODY;
    const [found] = await this.database.callUntenanted<{ tenant_id: string }>('select tenant_id from payymo.tenant_of_api_client($1)', [
      id,
    ]);
    const scope = this.scope(found?.tenant_id ?? NOBODY, requestId);
    try {
      return await this.#read(scope, id);
    } finally {
      await scope.close();
    }
  }

  /** For reading rows of a tenant before it is known who asks. */
  scope(tenantId: string, requestId: string): Scope {
    return new Scope(this.database, jobPrincipal(tenantId, 'oauth'), requestId);
  }

  /** For changes that the client itself makes: they stand in the audit trail under its name. */
  scopeOf({ tenantId, id }: Pick<ApiClientRecord, 'tenantId' | 'id'>, requestId: string, caller: Caller): Scope {
    return new Scope(this.database, { ...jobPrincipal(tenantId, 'oauth'), clientId: id, actor: `client:${id}` }, requestId, caller);
  }

  /** Notes that the client, and the secret that it used, are in use. */
  async noteUse({ client }: KnownClient, secret: SecretRow | undefined, requestId: string): Promise<void> {
    const now = this.clock.now();
    const isRecent = ({ lastUsedAt }: { lastUsedAt: Date | null }) =>
      lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < LAST_USED_MS;
    if (isRecent(client) && (!secret || isRecent(secret))) return;
    const scope = this.scope(client.tenantId, requestId);
    await scope.changeAccess(async transaction => {
      await ApiClient.update({ lastUsedAt: now }, { where: { id: client.id }, transaction, silent: true });
      if (secret) await ApiClientSecret.update({ lastUsedAt: now }, { where: { id: secret.id }, transaction, silent: true });
    });
  }

  async #read(scope: Scope, id: string): Promise<KnownClient | undefined> {
    const [client] = await scope.rows<ApiClientRecord & { tenantStatus: 'ACTIVE' | 'SUSPENDED' }>(
      sql`select ${columns(ApiClient, 'c')}, t.status as "tenantStatus" from api_clients c join tenants t on t.id = c.tenant_id
        where c.tenant_id = ${tenant} and c.id = ${id} and c.ended_at is null and t.status <> 'CLOSED'`,
    );
    const secrets = await scope.rows<SecretRow>(
      sql`select ${columns(ApiClientSecret, 's')} from api_client_secrets s where s.tenant_id = ${tenant} and s.client_id = ${id}`,
    );
    const now = this.clock.now();
    return client && { client, secrets: secrets.filter(secret => isValidAt(secret, now)), tenantStatus: client.tenantStatus };
  }
}

function rowIdOf(clientId: string): string | undefined {
  try {
    return apiClientIds.decode(clientId);
  } catch {
    return undefined;
  }
}
