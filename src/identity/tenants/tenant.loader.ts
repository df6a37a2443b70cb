import type { InferAttributes } from 'sequelize';

import { columns, sql, tenant } from '../../platform/database/sql';
import { oneByKey } from '../../platform/graphql/loader';
import { Tenant } from './tenant.model';

export type TenantRecord = InferAttributes<Tenant>;

/** The tenant of the scope, and no other. */
export const tenantById = oneByKey<TenantRecord>(
  (scope, ids) => scope.rows(sql`select ${columns(Tenant, 't')} from tenants t where t.id = ${tenant} and t.id = any(${ids})`),
  ({ id }) => id,
);
