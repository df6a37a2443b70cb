import { Field, ObjectType } from 'type-graphql';

import { decimalOf, formatMoney, type Money } from '../money';
import { Authenticated } from './authorization';
import { Shareable } from './entity';

@ObjectType('Money', { description: 'An exact amount of money: never a float.', simpleResolvers: true })
@Shareable()
@Authenticated()
export class MoneyType {
  @Field(() => String, {
    description: 'Whole number of minor units (cents, pence, yen) as a string, since it may exceed 2^53; negative left the account.',
  })
  amountMinor!: string;

  @Field(() => String, { description: 'ISO 4217 code, such as EUR.' })
  currency!: string;

  @Field(() => String, {
    description: 'Decimal amount in major units with the places of the currency: "12.50", "1200" (JPY), "0.500" (KWD).',
  })
  decimal!: string;

  @Field(() => String, { description: 'For people: "EUR 1,250.00".' })
  formatted!: string;
}

/** A row's amount as the API shows it. */
export function moneyOf(amountMinor: string | bigint, currency: string): MoneyType {
  const money: Money = { amountMinor: BigInt(amountMinor), currency };
  return { amountMinor: String(amountMinor), currency, decimal: decimalOf(money), formatted: formatMoney(money) };
}
