import { GraphQLLocalDate } from 'graphql-scalars';
import { Field, InputType } from 'type-graphql';

import { raw, type Sql, sql } from '../database/sql';
import { badInput } from '../errors';
import { currencyCode, parseMoney } from '../money';

@InputType('DateRange', { description: 'Calendar days, both ends included; an open end is left out.' })
export class DateRangeInput {
  @Field(() => GraphQLLocalDate, { nullable: true, description: 'YYYY-MM-DD' })
  from?: string;

  @Field(() => GraphQLLocalDate, { nullable: true, description: 'YYYY-MM-DD' })
  to?: string;
}

@InputType('AmountRange', { description: 'Amounts of one currency, both ends included; an open end is left out.' })
export class AmountRangeInput {
  @Field(() => String, { description: 'ISO 4217 code: amounts of different currencies do not compare.' })
  currency!: string;

  @Field(() => String, { nullable: true, description: 'Decimal in major units: "10.00".' })
  from?: string;

  @Field(() => String, { nullable: true, description: 'Decimal in major units: "99.99".' })
  to?: string;
}

/** Conditions on a date column, ours. @throws BAD_USER_INPUT for a range that ends before it begins. */
export function withinDates(column: string, { from, to }: DateRangeInput = {}): Sql[] {
  if (from !== undefined && to !== undefined && from > to) throw badInput('filter', 'A date range must not end before it begins');
  return [
    ...(from === undefined ? [] : [sql`${raw(column)} >= ${from}::date`]),
    ...(to === undefined ? [] : [sql`${raw(column)} <= ${to}::date`]),
  ];
}

/** Conditions on an amount in minor units and its currency, both columns ours. @throws BAD_USER_INPUT for a malformed amount. */
export function withinAmounts(amountColumn: string, currencyColumn: string, range: AmountRangeInput | undefined): Sql[] {
  if (!range) return [];
  const currency = currencyCode(range.currency);
  const minor = (amount: string) => parseMoney(amount, currency).amountMinor.toString();
  return [
    sql`${raw(currencyColumn)} = ${currency}`,
    ...(range.from === undefined ? [] : [sql`${raw(amountColumn)} >= ${minor(range.from)}::bigint`]),
    ...(range.to === undefined ? [] : [sql`${raw(amountColumn)} <= ${minor(range.to)}::bigint`]),
  ];
}

/** A condition that the column, ours, has one of the values; none when no values are given. */
export const oneOf = (column: string, values: readonly string[] | undefined): Sql[] =>
  values === undefined ? [] : [sql`${raw(column)} = any(${[...values]})`];

/** A condition that a lower-case column, ours, contains the text, in any case. */
export const containing = (column: string, text: string | undefined): Sql[] =>
  text === undefined || text.trim() === '' ? [] : [sql`position(${text.trim().toLowerCase()} in ${raw(column)}) > 0`];
