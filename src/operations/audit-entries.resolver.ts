import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../platform/database/scope';
import { RequiresScopes } from '../platform/graphql/authorization';
import { type Page, PageArgs } from '../platform/graphql/page.type';
import { withoutNulls } from '../platform/graphql/without-nulls';
import { AuditEntryFilter } from './audit-entry.input';
import { AuditEntryConnectionType, AuditEntryType, AuditObjectType } from './audit-entry.type';
import { type AuditIds, shownActor } from './audit-ids';
import type { AuditEntryRecord, AuditTrail } from './audit-trail.service';

@Resolver(() => AuditEntryType)
export class AuditEntriesResolver {
  constructor(
    private readonly trail: AuditTrail,
    private readonly ids: AuditIds,
  ) {}

  @Query(() => AuditEntryConnectionType, {
    nullable: true,
    description: 'The audit trail: every change of money, access and configuration, the newest first.',
  })
  @RequiresScopes('audit:read')
  auditEntries(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('filter', () => AuditEntryFilter, { nullable: true }) filter?: AuditEntryFilter,
  ): Promise<Page<AuditEntryRecord>> {
    return this.trail.page(scope, withoutNulls(filter ?? {}), withoutNulls(page));
  }

  @Query(() => AuditEntryConnectionType, {
    nullable: true,
    description: 'The audit trail of any tenant, for auditors of the platform; each page that they ask for is recorded in its own trail.',
  })
  @RequiresScopes('tenants:audit')
  tenantAuditEntries(
    @Arg('tenantId', () => ID) tenantId: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('filter', () => AuditEntryFilter, { nullable: true }) filter?: AuditEntryFilter,
  ): Promise<Page<AuditEntryRecord>> {
    return this.trail.pageOfTenant(scope, tenantId, withoutNulls(filter ?? {}), withoutNulls(page));
  }

  @FieldResolver(() => String)
  actor(@Root() { actor }: AuditEntryRecord): string {
    return shownActor(actor);
  }

  @FieldResolver(() => AuditObjectType, { nullable: true })
  object(@Root() { objectType, objectId }: AuditEntryRecord): AuditObjectType | null {
    return objectType === null || objectId === null ? null : { type: objectType, id: this.ids.objectId(objectType, objectId) };
  }
}
