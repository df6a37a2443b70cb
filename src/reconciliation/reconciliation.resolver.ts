import { Arg, Args, Ctx, FieldResolver, Float, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import { transactionIds } from '../banking/ids';
import { invoiceIds } from '../billing/ids';
import { userIds } from '../identity/ids';
import type { Scope } from '../platform/database/scope';
import { badInput } from '../platform/errors';
import { RequiresScopes } from '../platform/graphql/authorization';
import type { Reference } from '../platform/graphql/entity';
import { moneyOf, MoneyType } from '../platform/graphql/money.type';
import { type Page, PageArgs } from '../platform/graphql/page.type';
import { withoutNulls } from '../platform/graphql/without-nulls';
import { transactionIdOf } from './apply-match';
import type { Decisions } from './decisions.service';
import type { Evidence } from './engine/types';
import { matchIds, reconciliationRunIds } from './ids';
import type { Match } from './match.model';
import { listMatches } from './matches.service';
import type { ReconciliationRun } from './reconciliation-run.model';
import {
  matchesOfInvoice,
  matchesOfTransaction,
  type MatchRecord,
  reconciliationRunById,
  type ReconciliationRunRecord,
} from './reconciliation.loader';
import {
  ApproveMatchInput,
  InvoiceStub,
  MatchConnectionType,
  MatchEvidenceType,
  MatchFilter,
  type MatchOrder,
  MatchOrderEnum,
  MatchPayload,
  MatchType,
  ReconciliationRunType,
  RejectMatchInput,
  RetryMatchInput,
  RunReconciliationInput,
  RunReconciliationPayload,
  TransactionStub,
  UserStub,
} from './reconciliation.type';
import type { Reconciliations } from './reconciliations.service';

const MAX_REASON_LENGTH = 500;
const BASIS = 10_000;

@Resolver(() => MatchType)
export class MatchResolver {
  constructor(private readonly decisions: Decisions) {}

  @Query(() => MatchConnectionType, { nullable: true, description: 'Proposed and decided matches.' })
  @RequiresScopes('matches:read')
  matches(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('orderBy', () => MatchOrderEnum, { defaultValue: 'CONFIDENCE_DESC' }) orderBy: MatchOrder,
    @Arg('filter', () => MatchFilter, { nullable: true }) filter?: MatchFilter,
  ): Promise<Page<MatchRecord>> {
    return listMatches(scope, withoutNulls(filter ?? {}), orderBy, withoutNulls(page));
  }

  @Mutation(() => MatchPayload, {
    nullable: true,
    description: 'Decides for a proposed match: it is booked in the billing system, exactly once.',
  })
  @RequiresScopes('matches:approve')
  async approveMatch(
    @Arg('input', () => ApproveMatchInput) { matchId }: ApproveMatchInput,
    @Ctx() scope: Scope,
  ): Promise<{ match: Match }> {
    return { match: await this.decisions.approve(scope, matchIds.decode(matchId, 'input.matchId')) };
  }

  @Mutation(() => MatchPayload, {
    nullable: true,
    description: 'Decides against a proposed match, or gives up one that could not be booked.',
  })
  @RequiresScopes('matches:reject')
  async rejectMatch(
    @Arg('input', () => RejectMatchInput) { matchId, reason }: RejectMatchInput,
    @Ctx() scope: Scope,
  ): Promise<{ match: Match }> {
    if ((reason?.length ?? 0) > MAX_REASON_LENGTH) throw badInput('input.reason', `A reason has at most ${MAX_REASON_LENGTH} characters`);
    return { match: await this.decisions.reject(scope, matchIds.decode(matchId, 'input.matchId'), reason ?? null) };
  }

  @Mutation(() => MatchPayload, { nullable: true, description: 'Tries once more to book a match that failed.' })
  @RequiresScopes('matches:approve')
  async retryMatch(@Arg('input', () => RetryMatchInput) { matchId }: RetryMatchInput, @Ctx() scope: Scope): Promise<{ match: Match }> {
    return { match: await this.decisions.retry(scope, matchIds.decode(matchId, 'input.matchId')) };
  }

  @FieldResolver(() => MoneyType, { description: 'What it pays: never more than the payment or the balance.' })
  amount(@Root() { amountMinor, currency }: MatchRecord): MoneyType {
    return moneyOf(amountMinor, currency);
  }

  @FieldResolver(() => Float, { description: '0 to 1: how sure the engine is. The contributions of the evidence add up to it.' })
  confidence(@Root() { confidence }: MatchRecord): number {
    return confidence / BASIS;
  }

  @FieldResolver(() => [MatchEvidenceType], { description: 'Why, signal by signal.' })
  evidence(@Root() { evidence }: MatchRecord): readonly Evidence[] {
    return evidence;
  }

  @FieldResolver(() => TransactionStub, { nullable: true })
  transaction(@Root() { transactionId }: MatchRecord): Reference {
    return { id: transactionIds.encode(transactionId) };
  }

  @FieldResolver(() => InvoiceStub, { nullable: true })
  invoice(@Root() { invoiceId }: MatchRecord): Reference {
    return { id: invoiceIds.encode(invoiceId) };
  }

  @FieldResolver(() => UserStub, { nullable: true, description: 'Null until decided, and for what a rule decided.' })
  decidedBy(@Root() { decidedBy }: MatchRecord): Reference | null {
    return decidedBy === null ? null : { id: userIds.encode(decidedBy) };
  }

  @FieldResolver(() => String, { description: 'The transaction id under which the billing system books it.' })
  billingTransactionId(@Root() { id }: MatchRecord): string {
    return transactionIdOf(id);
  }
}

@Resolver(() => MatchEvidenceType)
export class MatchEvidenceResolver {
  @FieldResolver(() => Float, { description: 'What it adds to the confidence, or takes from it.' })
  contribution(@Root() { contribution }: Evidence): number {
    return contribution / BASIS;
  }
}

@Resolver(() => ReconciliationRunType)
export class ReconciliationRunResolver {
  constructor(private readonly reconciliations: Reconciliations) {}

  @Query(() => ReconciliationRunType, { nullable: true, description: 'A reconciliation and how far it is; null when there is no such.' })
  @RequiresScopes('matches:read')
  reconciliationRun(@Arg('id', () => ID) id: string, @Ctx() scope: Scope): Promise<ReconciliationRunRecord | null> {
    return reconciliationRunById(scope).load(reconciliationRunIds.decode(id));
  }

  @Mutation(() => RunReconciliationPayload, {
    nullable: true,
    description: 'Proposes matches for all payments that have none, in the background.',
  })
  @RequiresScopes('matches:run')
  async runReconciliation(
    @Ctx() scope: Scope,
    @Arg('input', () => RunReconciliationInput, { nullable: true }) input?: RunReconciliationInput,
  ): Promise<{ reconciliationRun: ReconciliationRun }> {
    return { reconciliationRun: await this.reconciliations.request(scope, input?.autoApproveFrom ?? null) };
  }

  @FieldResolver(() => Float, { nullable: true, description: 'Confidence from which proposals without a rival were approved at once.' })
  autoApproveFrom(@Root() { autoApproveFrom }: ReconciliationRunRecord): number | null {
    return autoApproveFrom === null ? null : autoApproveFrom / BASIS;
  }
}

/** The edges from banking's and billing's types into this module: they know nothing of matches. */
@Resolver(() => TransactionStub)
export class TransactionMatchesResolver {
  @FieldResolver(() => [MatchType], { nullable: true, description: 'Invoices that it may pay or pays, the surest first.' })
  @RequiresScopes('matches:read')
  matches(@Root() { id }: Reference, @Ctx() scope: Scope): Promise<MatchRecord[]> {
    return matchesOfTransaction(scope).load(transactionIds.decode(id));
  }
}

@Resolver(() => InvoiceStub)
export class InvoiceMatchesResolver {
  @FieldResolver(() => [MatchType], { nullable: true, description: 'Payments that may pay it or do, the surest first.' })
  @RequiresScopes('matches:read')
  matches(@Root() { id }: Reference, @Ctx() scope: Scope): Promise<MatchRecord[]> {
    return matchesOfInvoice(scope).load(invoiceIds.decode(id));
  }
}
