import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../platform/database/scope';
import { RequiresScopes } from '../platform/graphql/authorization';
import { moneyOf, MoneyType } from '../platform/graphql/money.type';
import { type Page, PageArgs } from '../platform/graphql/page.type';
import { withoutNulls } from '../platform/graphql/without-nulls';
import {
  CompleteConnectionInput,
  ConnectionFilter,
  StartConnectionInput,
  SyncConnectionInput,
  TransactionFilter,
  type TransactionOrder,
  TransactionOrderEnum,
} from './banking.input';
import {
  accountById,
  type AccountRecord,
  accountsOfConnection,
  connectionById,
  type ConnectionRecord,
  latestSyncOfConnection,
  rejectedLinesOfRun,
  type RejectedLineRecord,
  syncRunById,
  type SyncRunRecord,
  type TransactionRecord,
} from './banking.loader';
import {
  AccountType,
  CompleteConnectionPayload,
  ConnectionConnectionType,
  ConnectionType,
  InstitutionType,
  RejectedLineType,
  StartConnectionPayload,
  SyncConnectionPayload,
  SyncRunType,
  TransactionConnectionType,
  TransactionType,
} from './banking.type';
import type { CompletedConnection, Connections, StartedConnection } from './connections.service';
import { connectionIds, syncRunIds } from './ids';
import type { SyncRun } from './sync-run.model';
import type { Synchronisation } from './synchronisation.service';
import { listConnections, listTransactions } from './transactions.service';

@Resolver(() => ConnectionType)
export class ConnectionResolver {
  constructor(
    private readonly connections: Connections,
    private readonly synchronisation: Synchronisation,
  ) {}

  @Query(() => [InstitutionType], { nullable: true, description: 'Banks that can be connected, by country.' })
  @RequiresScopes('connections:read')
  institutions(
    @Arg('country', () => String, { description: 'ISO 3166-1 alpha-2 code: DE.' }) country: string,
  ): Promise<readonly InstitutionType[]> {
    return this.connections.institutions(country);
  }

  @Query(() => ConnectionConnectionType, { nullable: true, name: 'connections', description: 'Bank connections, the newest first.' })
  @RequiresScopes('connections:read')
  list(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('filter', () => ConnectionFilter, { nullable: true }) filter?: ConnectionFilter,
  ): Promise<Page<ConnectionRecord>> {
    return listConnections(scope, withoutNulls(filter ?? {}), withoutNulls(page));
  }

  @Mutation(() => StartConnectionPayload, { nullable: true, description: 'Asks a bank for a consent; the user gives it at consentUrl.' })
  @RequiresScopes('connections:create')
  startConnection(
    @Arg('input', () => StartConnectionInput) { institutionId, redirectUrl }: StartConnectionInput,
    @Ctx() scope: Scope,
  ): Promise<StartedConnection> {
    return this.connections.start(scope, institutionId, redirectUrl);
  }

  @Mutation(() => CompleteConnectionPayload, {
    nullable: true,
    description: 'Completes a connection after the user came back from the bank.',
  })
  @RequiresScopes('connections:create')
  completeConnection(
    @Arg('input', () => CompleteConnectionInput) { reference }: CompleteConnectionInput,
    @Ctx() scope: Scope,
  ): Promise<CompletedConnection> {
    return this.connections.complete(scope, reference);
  }

  @Mutation(() => SyncConnectionPayload, { nullable: true, description: 'Fetches what is new on a connection, in the background.' })
  @RequiresScopes('connections:sync')
  async syncConnection(
    @Arg('input', () => SyncConnectionInput) { connectionId }: SyncConnectionInput,
    @Ctx() scope: Scope,
  ): Promise<{ syncRun: SyncRun }> {
    return { syncRun: await this.synchronisation.request(scope, connectionIds.decode(connectionId, 'input.connectionId')) };
  }

  @FieldResolver(() => [AccountType], { nullable: true })
  accounts(@Root() { id }: ConnectionRecord, @Ctx() scope: Scope): Promise<AccountRecord[]> {
    return accountsOfConnection(scope).load(id);
  }

  @FieldResolver(() => SyncRunType, { nullable: true, description: 'The latest; null before the first.' })
  latestSync(@Root() { id }: ConnectionRecord, @Ctx() scope: Scope): Promise<SyncRunRecord | null> {
    return latestSyncOfConnection(scope).load(id);
  }
}

@Resolver(() => AccountType)
export class AccountResolver {
  @FieldResolver(() => MoneyType, { nullable: true, description: 'What the bank said last.' })
  balance(@Root() { balanceMinor, balanceCurrency }: AccountRecord): MoneyType | null {
    return balanceMinor === null || balanceCurrency === null ? null : moneyOf(balanceMinor, balanceCurrency);
  }

  @FieldResolver(() => ConnectionType, { nullable: true })
  connection(@Root() { connectionId }: AccountRecord, @Ctx() scope: Scope): Promise<ConnectionRecord | null> {
    return connectionById(scope).load(connectionId);
  }
}

@Resolver(() => TransactionType)
export class TransactionResolver {
  @Query(() => TransactionConnectionType, { nullable: true, description: 'Lines of all connected accounts.' })
  @RequiresScopes('transactions:read')
  transactions(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('orderBy', () => TransactionOrderEnum, { defaultValue: 'BOOKED_ON_DESC' }) orderBy: TransactionOrder,
    @Arg('filter', () => TransactionFilter, { nullable: true }) filter?: TransactionFilter,
  ): Promise<Page<TransactionRecord>> {
    return listTransactions(scope, withoutNulls(filter ?? {}), orderBy, withoutNulls(page));
  }

  @FieldResolver(() => MoneyType, { description: 'Positive came in, negative went out.' })
  amount(@Root() { amountMinor, currency }: TransactionRecord): MoneyType {
    return moneyOf(amountMinor, currency);
  }

  @FieldResolver(() => AccountType)
  account(@Root() { accountId }: TransactionRecord, @Ctx() scope: Scope): Promise<AccountRecord | null> {
    return accountById(scope).load(accountId);
  }

  @FieldResolver(() => ConnectionType, { nullable: true })
  connection(@Root() { connectionId }: TransactionRecord, @Ctx() scope: Scope): Promise<ConnectionRecord | null> {
    return connectionById(scope).load(connectionId);
  }
}

@Resolver(() => SyncRunType)
export class SyncRunResolver {
  @Query(() => SyncRunType, { nullable: true, description: 'A synchronisation and how far it is; null when there is no such.' })
  @RequiresScopes('connections:read')
  syncRun(@Arg('id', () => ID) id: string, @Ctx() scope: Scope): Promise<SyncRunRecord | null> {
    return syncRunById(scope).load(syncRunIds.decode(id));
  }

  @FieldResolver(() => ConnectionType)
  connection(@Root() { connectionId }: SyncRunRecord, @Ctx() scope: Scope): Promise<ConnectionRecord | null> {
    return connectionById(scope).load(connectionId);
  }

  @FieldResolver(() => [RejectedLineType], { nullable: true })
  rejectedLines(@Root() { id }: SyncRunRecord, @Ctx() scope: Scope): Promise<RejectedLineRecord[]> {
    return rejectedLinesOfRun(scope).load(id);
  }
}

@Resolver(() => RejectedLineType)
export class RejectedLineResolver {
  @FieldResolver(() => String)
  raw(@Root() { raw }: RejectedLineRecord): string {
    return JSON.stringify(raw);
  }
}
