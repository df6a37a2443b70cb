import { Field, InputType, Int } from 'type-graphql';

import type { Clock } from '../../platform/clock';
import { badInput } from '../../platform/errors';
import { singleLine } from '../users/single-line';
import { canonicalDomain } from './domains';
import type { Plan, PlanFeature } from './plan';
import { PlanFeatureEnum } from './plan.type';

const MAX_DOMAINS = 100;
const MAX_NAME_LENGTH = 60;

@InputType('PlanInput', { description: 'The whole plan: what is left out or null is without limit.' })
export class PlanInput {
  @Field(() => String)
  name!: string;

  @Field(() => Int, { nullable: true, description: 'Bank connections at a time.' })
  connections?: number | null;

  @Field(() => Int, { nullable: true, description: 'Transactions imported in a calendar month, UTC.' })
  transactionsPerMonth?: number | null;

  @Field(() => Int, { nullable: true, description: 'Users who are not disabled; 1 at least.' })
  users?: number | null;

  @Field(() => [PlanFeatureEnum], { nullable: true, description: 'Null includes every feature, also those to come.' })
  features?: PlanFeature[] | null;

  @Field(() => [String], { nullable: true, description: 'Host names, each with its subdomains: example.com.' })
  domains?: string[] | null;

  @Field(() => Date, { nullable: true, description: 'In UTC, and to come.' })
  expiresAt?: Date | null;
}

/** The plan that an input means. @throws BAD_USER_INPUT naming the field. */
export const planFrom = (input: PlanInput, clock: Clock): Plan => ({
  name: singleLine('input.plan.name', input.name, 1, MAX_NAME_LENGTH),
  limits: {
    connections: limit('connections', input.connections, 0),
    transactionsPerMonth: limit('transactionsPerMonth', input.transactionsPerMonth, 0),
    users: limit('users', input.users, 1),
  },
  features: input.features ? [...new Set(input.features)].sort() : null,
  domains: input.domains ? domainsFrom(input.domains) : null,
  expiresAt: expiry(input.expiresAt ?? null, clock),
});

function limit(name: string, value: number | null | undefined, least: number): number | null {
  if (value === null || value === undefined) return null;
  if (value < least) throw badInput(`input.plan.${name}`, `This must be ${least} or more, or null for no limit`);
  return value;
}

function domainsFrom(domains: readonly string[]): string[] {
  if (domains.length > MAX_DOMAINS) throw badInput('input.plan.domains', `A plan has at most ${MAX_DOMAINS} domains`);
  return [...new Set(domains.map(domain => canonicalDomain(domain, 'input.plan.domains')))].sort();
}

function expiry(expiresAt: Date | null, clock: Clock): Date | null {
  if (expiresAt !== null && expiresAt <= clock.now()) throw badInput('input.plan.expiresAt', 'A plan ends in the future');
  return expiresAt;
}
