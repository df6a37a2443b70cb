import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../platform/database/scope';
import { RequiresScopes } from '../platform/graphql/authorization';
import { moneyOf, MoneyType } from '../platform/graphql/money.type';
import { type Page, PageArgs } from '../platform/graphql/page.type';
import { withoutNulls } from '../platform/graphql/without-nulls';
import { customerById, type CustomerRecord, invoiceImportById, type InvoiceImportRecord, type InvoiceRecord } from './billing.loader';
import {
  CustomerType,
  ImportInvoicesPayload,
  InvoiceConnectionType,
  InvoiceFilter,
  InvoiceImportType,
  type InvoiceOrder,
  InvoiceOrderEnum,
  InvoiceType,
} from './billing.type';
import { invoiceImportIds } from './ids';
import type { InvoiceImport } from './invoice-import.model';
import type { InvoiceImports } from './invoice-imports.service';
import { listInvoices } from './invoices.service';

@Resolver(() => InvoiceType)
export class InvoiceResolver {
  @Query(() => InvoiceConnectionType, { nullable: true, description: 'Invoices that were imported.' })
  @RequiresScopes('invoices:read')
  invoices(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('orderBy', () => InvoiceOrderEnum, { defaultValue: 'ISSUED_ON_DESC' }) orderBy: InvoiceOrder,
    @Arg('filter', () => InvoiceFilter, { nullable: true }) filter?: InvoiceFilter,
  ): Promise<Page<InvoiceRecord>> {
    return listInvoices(scope, withoutNulls(filter ?? {}), orderBy, withoutNulls(page));
  }

  @FieldResolver(() => MoneyType)
  total(@Root() { totalMinor, currency }: InvoiceRecord): MoneyType {
    return moneyOf(totalMinor, currency);
  }

  @FieldResolver(() => MoneyType, { description: 'What is left to pay.' })
  balance(@Root() { balanceMinor, currency }: InvoiceRecord): MoneyType {
    return moneyOf(balanceMinor, currency);
  }

  @FieldResolver(() => CustomerType)
  customer(@Root() { customerId }: InvoiceRecord, @Ctx() scope: Scope): Promise<CustomerRecord | null> {
    return customerById(scope).load(customerId);
  }
}

/** Reached through invoices alone for now; its fields are its row's. */
@Resolver(() => CustomerType)
export class CustomerResolver {}

@Resolver(() => InvoiceImportType)
export class InvoiceImportResolver {
  constructor(private readonly imports: InvoiceImports) {}

  @Query(() => InvoiceImportType, { nullable: true, description: 'An import and how far it is; null when there is no such.' })
  @RequiresScopes('invoices:read')
  invoiceImport(@Arg('id', () => ID) id: string, @Ctx() scope: Scope): Promise<InvoiceImportRecord | null> {
    return invoiceImportById(scope).load(invoiceImportIds.decode(id));
  }

  @Mutation(() => ImportInvoicesPayload, {
    nullable: true,
    description: 'Fetches open and changed invoices from the billing system, in the background.',
  })
  @RequiresScopes('invoices:import')
  async importInvoices(@Ctx() scope: Scope): Promise<{ invoiceImport: InvoiceImport }> {
    return { invoiceImport: await this.imports.request(scope) };
  }
}
