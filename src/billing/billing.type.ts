import { GraphQLLocalDate } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated, FiltersOn, RequiresScopes } from '../platform/graphql/authorization';
import { Entity } from '../platform/graphql/entity';
import { enumOf } from '../platform/graphql/enum';
import { AmountRangeInput, DateRangeInput } from '../platform/graphql/filter.input';
import { NodeType } from '../platform/graphql/node.type';
import { connectionType } from '../platform/graphql/page.type';
import { RunType } from '../platform/jobs/run.type';
import { type InvoiceStatus, invoiceStatuses } from './invoice.model';

export const InvoiceStatusEnum = enumOf(invoiceStatuses);
registerEnumType(InvoiceStatusEnum, {
  name: 'InvoiceStatus',
  description: 'As the billing system has it. Overdue is UNPAID with a dueOn in the past.',
});

export const invoiceOrders = ['ISSUED_ON_DESC', 'ISSUED_ON_ASC', 'BALANCE_DESC', 'BALANCE_ASC'] as const;
export type InvoiceOrder = (typeof invoiceOrders)[number];
export const InvoiceOrderEnum = enumOf(invoiceOrders);
registerEnumType(InvoiceOrderEnum, { name: 'InvoiceOrder' });

@ObjectType('Customer', { description: 'Whom the tenant bills.', implements: NodeType, simpleResolvers: true })
@Entity()
@RequiresScopes('invoices:read')
export class CustomerType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'Its id in the billing system.' })
  externalId!: string;

  @Field(() => String, { description: 'First and last name of the person.' })
  name!: string;

  @Field(() => String, { nullable: true })
  companyName!: string | null;

  @Field(() => String, { nullable: true })
  email!: string | null;
}

@ObjectType('Invoice', {
  description: "An invoice of the tenant's billing system, as it was read last.",
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@RequiresScopes('invoices:read')
export class InvoiceType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => String, { description: 'Its id in the billing system.' })
  externalId!: string;

  @Field(() => String, { description: 'What the customer sees and quotes.' })
  number!: string;

  @Field(() => InvoiceStatusEnum)
  status!: InvoiceStatus;

  @Field(() => GraphQLLocalDate)
  issuedOn!: string;

  @Field(() => GraphQLLocalDate, { nullable: true })
  dueOn!: string | null;

  @Field(() => Date, { description: 'When it was read last, in UTC.' })
  updatedAt!: Date;
}

@ObjectType('InvoiceImport', { description: 'One fetch of the invoices that changed.', implements: NodeType, simpleResolvers: true })
@Entity()
@RequiresScopes('invoices:read')
export class InvoiceImportType extends RunType {
  @Field(() => Int)
  invoicesTotal!: number;

  @Field(() => Int)
  invoicesDone!: number;
}

export const InvoiceConnectionType = connectionType('Invoice', () => InvoiceType, 'invoices:read');

@ObjectType('ImportInvoicesPayload', { simpleResolvers: true })
@Authenticated()
export class ImportInvoicesPayload {
  @Field(() => InvoiceImportType, { nullable: true, description: 'The new import, or the one that was under way already.' })
  invoiceImport!: InvoiceImportType | null;
}

@InputType('InvoiceFilter', { description: 'All given conditions hold.' })
export class InvoiceFilter {
  @Field(() => [InvoiceStatusEnum], { nullable: true })
  status?: InvoiceStatus[];

  @Field(() => DateRangeInput, { nullable: true })
  issuedOn?: DateRangeInput;

  @Field(() => DateRangeInput, { nullable: true })
  dueOn?: DateRangeInput;

  @Field(() => AmountRangeInput, { nullable: true, description: 'What is left to pay.' })
  balance?: AmountRangeInput;

  @Field(() => String, { nullable: true, description: "Stands somewhere in the number or the customer's names, in any case." })
  @FiltersOn('number', 'customer')
  text?: string;

  @Field(() => ID, { nullable: true })
  @FiltersOn('customer')
  customerId?: string;
}
