/** One step of the schema. `sql` runs text as the owner, inside the migration's own transaction. */
export type Migration = (step: { readonly context: MigrationContext }) => Promise<unknown>;

export interface MigrationContext {
  readonly sql: (text: string) => Promise<unknown>;
}

/**
 * Row-level security on a tenant table: the application role sees and writes the rows of the tenant that its transaction named.
 * @requirement SEC-016
 */
export const isolate = (table: string, tenantColumn = 'tenant_id'): string => `
  alter table ${table} enable row level security;
  alter table ${table} force row level security;
  create policy tenant on ${table} using (${tenantColumn} = (select payymo.tenant())) with check (${tenantColumn} = (select payymo.tenant()));
`;
