import { GraphQLLocalDate } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated, RequiresScopes } from '../platform/graphql/authorization';
import { Entity } from '../platform/graphql/entity';
import { enumOf } from '../platform/graphql/enum';
import { NodeType } from '../platform/graphql/node.type';
import { connectionType } from '../platform/graphql/page.type';
import { RunType } from '../platform/jobs/run.type';
import { type ConnectionStatus, connectionStatuses } from './connection.model';
import { type MatchState, matchStates, type TransactionStatus, transactionStatuses } from './transaction.model';

export const ConnectionStatusEnum = enumOf(connectionStatuses);
registerEnumType(ConnectionStatusEnum, {
  name: 'ConnectionStatus',
  description: 'Where a bank connection stands.',
  valuesConfig: {
    PENDING: { description: 'The user has not given the consent at the bank yet.' },
    ACTIVE: { description: 'Can be synchronised.' },
    REJECTED: { description: 'The consent was refused, or never finished. Start a new connection.' },
    EXPIRED: { description: 'The consent has ended. Start a new connection.' },
    ERROR: { description: 'The provider no longer serves it: statusReason says why.' },
  },
});

export const TransactionStatusEnum = enumOf(transactionStatuses);
registerEnumType(TransactionStatusEnum, {
  name: 'TransactionStatus',
  valuesConfig: { PENDING: { description: 'Announced by the bank; may still change or vanish.' }, BOOKED: { description: 'Final.' } },
});

export const TransactionMatchStateEnum = enumOf(matchStates);
registerEnumType(TransactionMatchStateEnum, {
  name: 'TransactionMatchState',
  valuesConfig: {
    UNMATCHED: { description: 'No invoice is proposed.' },
    PROPOSED: { description: 'At least one invoice is proposed and waits for a decision.' },
    MATCHED: { description: 'A match is approved.' },
  },
});

@ObjectType('Institution', { description: 'A bank that can be connected.', simpleResolvers: true })
@RequiresScopes('connections:read')
export class InstitutionType {
  @Field(() => String, { description: "The provider's id; give it to startConnection." })
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true, description: 'ISO 9362.' })
  bic!: string | null;

  @Field(() => String, { nullable: true })
  logoUrl!: string | null;

  @Field(() => [String], { description: 'ISO 3166-1 alpha-2 codes.' })
  countries!: readonly string[];

  @Field(() => Int, { description: 'How many days of history the bank gives.' })
  historyDays!: number;

  @Field(() => Int, { description: 'How many days a consent lasts at most.' })
  consentDays!: number;
}

@ObjectType('Account', { description: 'A bank account that a connection gives access to.', implements: NodeType, simpleResolvers: true })
@Entity()
@RequiresScopes('transactions:read')
export class AccountType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { nullable: true, description: 'ISO 13616; null until the first synchronisation.' })
  iban!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 4217.' })
  currency!: string | null;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true })
  ownerName!: string | null;

  @Field(() => GraphQLLocalDate, { nullable: true, description: 'The day that the balance is of.' })
  balanceOn!: string | null;

  @Field(() => GraphQLLocalDate, { nullable: true, description: 'All lines up to this day were fetched.' })
  syncedThrough!: string | null;
}

@ObjectType('Connection', {
  description: "A user's consent at a bank, and the accounts that it opens.",
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@RequiresScopes('connections:read')
export class ConnectionType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'Through which provider: gocardless-bank-data.' })
  provider!: string;

  @Field(() => String)
  institutionId!: string;

  @Field(() => String)
  institutionName!: string;

  @Field(() => ConnectionStatusEnum)
  status!: ConnectionStatus;

  @Field(() => String, { nullable: true, description: 'For people: why it is not active.' })
  statusReason!: string | null;

  @Field(() => Date, { nullable: true, description: 'In UTC.' })
  consentExpiresAt!: Date | null;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}

@ObjectType('Transaction', { description: 'A line of a bank account.', implements: NodeType, simpleResolvers: true })
@Entity()
@RequiresScopes('transactions:read')
export class TransactionType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => TransactionStatusEnum)
  status!: TransactionStatus;

  @Field(() => GraphQLLocalDate, { description: "The bank's own day." })
  bookedOn!: string;

  @Field(() => GraphQLLocalDate, { nullable: true })
  valueOn!: string | null;

  @Field(() => String, { nullable: true, description: 'Who paid, or who was paid.' })
  counterpartyName!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 13616.' })
  counterpartyIban!: string | null;

  @Field(() => String, { description: 'What the payer wrote.' })
  remittance!: string;

  @Field(() => String, { nullable: true, description: 'ISO 11649 or a national creditor reference, where the bank gives it apart.' })
  structuredReference!: string | null;

  @Field(() => String, { nullable: true })
  endToEndId!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 20022, or the bank’s own.' })
  bankTransactionCode!: string | null;

  @Field(() => TransactionMatchStateEnum)
  matchState!: MatchState;

  @Field(() => Date, { description: 'When Payymo first saw it, in UTC.' })
  createdAt!: Date;
}

@ObjectType('RejectedLine', {
  description: 'A line that could not be understood. It was skipped; the rest of the account was not.',
  simpleResolvers: true,
})
@RequiresScopes('transactions:read')
export class RejectedLineType {
  @Field(() => String, { description: 'For people: what is wrong with it.' })
  reason!: string;

  @Field(() => String, { description: 'As the bank sent it, in JSON.' })
  raw!: string;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;
}

@ObjectType('SyncRun', {
  description: 'One fetch of what is new on the accounts of a connection.',
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@RequiresScopes('connections:read')
export class SyncRunType extends RunType {
  @Field(() => Int)
  accountsTotal!: number;

  @Field(() => Int)
  accountsDone!: number;

  @Field(() => Int, { description: 'Lines that the bank showed, known ones among them.' })
  linesSeen!: number;

  @Field(() => Int)
  linesNew!: number;

  @Field(() => Int, { description: 'Lines that were known and changed.' })
  linesUpdated!: number;

  @Field(() => Int, { description: 'Lines that could not be understood, seen for the first time: rejectedLines shows them.' })
  linesRejected!: number;
}

export const TransactionConnectionType = connectionType('Transaction', () => TransactionType, 'transactions:read');
export const ConnectionConnectionType = connectionType('Connection', () => ConnectionType, 'connections:read');

@ObjectType('StartConnectionPayload', { simpleResolvers: true })
@Authenticated()
export class StartConnectionPayload {
  @Field(() => ConnectionType, { nullable: true })
  connection!: ConnectionType | null;

  @Field(() => String, { description: 'Send the user’s browser here.' })
  consentUrl!: string;

  @Field(() => String, {
    description: 'Comes back as `ref` with the redirect; single use. Needed for completeConnection only with a redirect of your own.',
  })
  reference!: string;

  @Field(() => Date, { description: 'Until when the reference is good, in UTC.' })
  expiresAt!: Date;
}

@ObjectType('CompleteConnectionPayload', { simpleResolvers: true })
@Authenticated()
export class CompleteConnectionPayload {
  @Field(() => ConnectionType, { nullable: true })
  connection!: ConnectionType | null;

  @Field(() => SyncRunType, { nullable: true, description: 'The first synchronisation.' })
  syncRun!: SyncRunType | null;
}

@ObjectType('SyncConnectionPayload', { simpleResolvers: true })
@Authenticated()
export class SyncConnectionPayload {
  @Field(() => SyncRunType, { nullable: true, description: 'The new run, or the one that was under way already.' })
  syncRun!: SyncRunType | null;
}
