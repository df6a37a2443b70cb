import { pageOf } from '../../platform/database/page';
import type { Scope } from '../../platform/database/scope';
import { columns, raw, type Sql, sql, tenant } from '../../platform/database/sql';
import { containing, oneOf } from '../../platform/graphql/filter.input';
import type { Page, PageArgs } from '../../platform/graphql/page.type';
import { requirePlatform } from './platform.service';
import type { TenantRecord } from './tenant.loader';
import { Tenant, type TenantStatus } from './tenant.model';

export interface TenantConditions {
  readonly status?: TenantStatus[];
  readonly search?: string;
}

/** A page of the businesses on the platform, the newest first. @throws FORBIDDEN for anybody but the platform; BAD_USER_INPUT. */
export async function listTenants(scope: Scope, conditions: TenantConditions, args: PageArgs): Promise<Page<TenantRecord>> {
  await requirePlatform(scope, 'tenants:read');
  const ordering = { name: 'created', column: 't.created_at', type: 'timestamptz', descending: true } as const;
  const from = sql`payymo.tenants_for_platform(${tenant}) t`;
  return pageOf(scope, { select: columns(Tenant, 't'), from, alias: 't', where: where(conditions), ordering }, args);
}

const where = ({ status, search }: TenantConditions): Sql[] => [
  raw(`t.kind = 'BUSINESS'`),
  ...oneOf('t.status', status),
  ...containing(`lower(t.name || ' ' || t.slug)`, search),
];
