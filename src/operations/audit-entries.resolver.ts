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
    @Arg('tenantId', () => ID, {
      nullable: true,
      description: 'Another tenant than your own: for auditors of the platform (tenants:audit).',
    })
    tenantId?: string | null,
  ): Promise<Page<AuditEntryRecord>> {
    return this.trail.page(scope, withoutNulls(filter ?? {}), withoutNulls(page), tenantId ?? null);
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
