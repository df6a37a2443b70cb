import { Field, ID, InputType, registerEnumType } from 'type-graphql';

import { FiltersOn } from '../platform/graphql/authorization';
import { enumOf } from '../platform/graphql/enum';
import { AmountRangeInput, DateRangeInput } from '../platform/graphql/filter.input';
import { ConnectionStatusEnum, TransactionMatchStateEnum, TransactionStatusEnum } from './banking.type';
import type { ConnectionStatus } from './connection.model';
import type { MatchState, TransactionStatus } from './transaction.model';

@InputType('StartConnectionInput')
export class StartConnectionInput {
  @Field(() => String, { description: 'Of one of the institutions.' })
  institutionId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the bank sends the browser back to, on an allowed origin. Default: our own callback, which completes the connection.',
  })
  redirectUrl?: string | null;
}

@InputType('CompleteConnectionInput')
export class CompleteConnectionInput {
  @Field(() => String, { description: 'The `ref` that came back with the redirect.' })
  reference!: string;
}

@InputType('SyncConnectionInput')
export class SyncConnectionInput {
  @Field(() => ID)
  connectionId!: string;
}

@InputType('ConnectionFilter', { description: 'All given conditions hold.' })
export class ConnectionFilter {
  @Field(() => [ConnectionStatusEnum], { nullable: true })
  status?: ConnectionStatus[];
}

export const directions = ['INCOMING', 'OUTGOING'] as const;
export const DirectionEnum = enumOf(directions);
registerEnumType(DirectionEnum, { name: 'Direction', description: 'Which way the money went.' });

@InputType('TransactionFilter', { description: 'All given conditions hold.' })
export class TransactionFilter {
  @Field(() => [TransactionStatusEnum], { nullable: true })
  status?: TransactionStatus[];

  @Field(() => [TransactionMatchStateEnum], { nullable: true })
  matchState?: MatchState[];

  @Field(() => DirectionEnum, { nullable: true })
  @FiltersOn('amount')
  direction?: (typeof directions)[number];

  @Field(() => DateRangeInput, { nullable: true })
  bookedOn?: DateRangeInput;

  @Field(() => AmountRangeInput, { nullable: true })
  amount?: AmountRangeInput;

  @Field(() => String, {
    nullable: true,
    description: 'Stands somewhere in the counterparty’s name, the remittance text or a reference, in any case.',
  })
  @FiltersOn('counterpartyName', 'remittance', 'structuredReference', 'endToEndId')
  text?: string;

  @Field(() => ID, { nullable: true })
  @FiltersOn('connection')
  connectionId?: string;

  @Field(() => ID, { nullable: true })
  @FiltersOn('account')
  accountId?: string;
}

export const transactionOrders = ['BOOKED_ON_DESC', 'BOOKED_ON_ASC', 'AMOUNT_DESC', 'AMOUNT_ASC'] as const;
export type TransactionOrder = (typeof transactionOrders)[number];
export const TransactionOrderEnum = enumOf(transactionOrders);
registerEnumType(TransactionOrderEnum, { name: 'TransactionOrder' });
