import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated, FiltersOn, RequiresScopes } from '../platform/graphql/authorization';
import { Entity, EntityReference } from '../platform/graphql/entity';
import { enumOf } from '../platform/graphql/enum';
import { NodeType } from '../platform/graphql/node.type';
import { connectionType } from '../platform/graphql/page.type';
import { RunType } from '../platform/jobs/run.type';
import type { Evidence, Signal } from './engine/types';
import { type MatchState, matchStates } from './match.model';

export const MatchStateEnum = enumOf(matchStates);
registerEnumType(MatchStateEnum, {
  name: 'MatchState',
  description: 'From a proposal to the billing system’s books.',
  valuesConfig: {
    PROPOSED: { description: 'Waits for a decision.' },
    WITHDRAWN: { description: 'No longer proposed: another match took the money, or it is not likely any more.' },
    REJECTED: { description: 'Decided against; never proposed again.' },
    APPROVED: { description: 'Decided for; on its way to the billing system. errorMessage tells of attempts that failed.' },
    APPLIED: { description: 'Booked in the billing system, exactly once.' },
    FAILED: { description: 'Could not be booked: errorMessage says why. Retry or reject it.' },
  },
});

const signals = ['REFERENCE', 'PAYER', 'AMOUNT', 'DATE'] as const satisfies readonly Signal[];
export const MatchSignalEnum = enumOf(signals);
registerEnumType(MatchSignalEnum, { name: 'MatchSignal', description: 'What a piece of evidence is about.' });

export const matchOrders = ['CONFIDENCE_DESC', 'CONFIDENCE_ASC', 'CREATED_AT_DESC', 'CREATED_AT_ASC'] as const;
export type MatchOrder = (typeof matchOrders)[number];
export const MatchOrderEnum = enumOf(matchOrders);
registerEnumType(MatchOrderEnum, { name: 'MatchOrder' });

@ObjectType('MatchEvidence', { description: 'What one signal says for or against a match.', simpleResolvers: true })
@RequiresScopes('matches:read')
export class MatchEvidenceType {
  @Field(() => MatchSignalEnum)
  signal!: Signal;

  @Field(() => String, { description: 'For people.' })
  explanation!: string;

  @Field(() => GraphQLJSONObject, { description: 'The facts behind the explanation; their keys depend on the signal.' })
  data!: Evidence['data'];
}

@ObjectType('Match', { description: 'A claim that a payment pays an invoice.', implements: NodeType, simpleResolvers: true })
@Entity()
@RequiresScopes('matches:read')
export class MatchType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => MatchStateEnum)
  state!: MatchState;

  @Field(() => Boolean, { description: 'Another proposal is as good or nearly: never approved automatically.' })
  tied!: boolean;

  @Field(() => String, { description: 'Version of the matching engine that proposed it.' })
  engineVersion!: string;

  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  decidedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it was rejected or withdrawn.' })
  reason!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the billing system had it in its books, in UTC.' })
  appliedAt!: Date | null;

  @Field(() => Int, { description: 'How often booking was tried.' })
  applicationAttempts!: number;

  @Field(() => Date, { nullable: true, description: 'When booking is tried again, in UTC.' })
  nextAttemptAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Code of what went wrong with the last attempt (docs/errors.md).' })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong with the last attempt, for people.' })
  errorMessage!: string | null;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}

@ObjectType('ReconciliationRun', {
  description: 'One pass over all payments that are not matched yet.',
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@RequiresScopes('matches:read')
export class ReconciliationRunType extends RunType {
  @Field(() => Int)
  paymentsTotal!: number;

  @Field(() => Int)
  paymentsDone!: number;

  @Field(() => Int, { description: 'Matches that it proposed, new or again.' })
  proposals!: number;

  @Field(() => Int)
  autoApproved!: number;
}

export const MatchConnectionType = connectionType('Match', () => MatchType, 'matches:read');

@ObjectType('Transaction', { simpleResolvers: true })
@Entity()
@RequiresScopes('transactions:read')
export class TransactionStub {
  @Field(() => ID)
  id!: string;
}

@ObjectType('Invoice', { simpleResolvers: true })
@Entity()
@RequiresScopes('invoices:read')
export class InvoiceStub {
  @Field(() => ID)
  id!: string;
}

@ObjectType('User', { simpleResolvers: true })
@EntityReference()
@Authenticated()
export class UserStub {
  @Field(() => ID)
  id!: string;
}

@ObjectType('RunReconciliationPayload', { simpleResolvers: true })
@Authenticated()
export class RunReconciliationPayload {
  @Field(() => ReconciliationRunType, { nullable: true, description: 'The new run, or the one that was under way already.' })
  reconciliationRun!: ReconciliationRunType | null;
}

@ObjectType('MatchPayload', { simpleResolvers: true })
@Authenticated()
export class MatchPayload {
  @Field(() => MatchType, { nullable: true, description: 'As it stands after the change.' })
  match!: MatchType | null;
}

@InputType('RunReconciliationInput')
export class RunReconciliationInput {
  @Field(() => Float, {
    nullable: true,
    description:
      'Confidence (0.9 to 1) from which proposals without a rival are approved at once. Needs matches:approve. Default: none are.',
  })
  autoApproveFrom?: number;
}

@InputType('ApproveMatchInput')
export class ApproveMatchInput {
  @Field(() => ID)
  matchId!: string;
}

@InputType('RejectMatchInput')
export class RejectMatchInput {
  @Field(() => ID)
  matchId!: string;

  @Field(() => String, { nullable: true, description: 'For people; at most 500 characters.' })
  reason?: string;
}

@InputType('RetryMatchInput')
export class RetryMatchInput {
  @Field(() => ID)
  matchId!: string;
}

@InputType('MatchFilter', { description: 'All given conditions hold.' })
export class MatchFilter {
  @Field(() => [MatchStateEnum], { nullable: true })
  state?: MatchState[];

  @Field(() => Float, { nullable: true, description: 'From this confidence up, 0 to 1.' })
  @FiltersOn('confidence')
  confidenceFrom?: number;

  @Field(() => Boolean, { nullable: true })
  tied?: boolean;

  @Field(() => ID, { nullable: true })
  @FiltersOn('transaction')
  transactionId?: string;

  @Field(() => ID, { nullable: true })
  @FiltersOn('invoice')
  invoiceId?: string;
}
