import type { Party } from './movement';
import type { Random } from './random';
import { iban } from './references';
import type { SandboxClient } from './world';

/** A client of the hosting business, and how it appears as a payer. */
export interface Customer {
  readonly client: SandboxClient;
  readonly payer: Party;
  /** Null for a person. */
  readonly company: CompanyName | null;
  /** Its invoices have no number of their own: it quotes their ids. */
  readonly quotesIds: boolean;
}

export interface CompanyName {
  readonly stem: string;
  readonly trade: string;
  readonly legalForm: string;
}

/** What names are made of. There are more last names than persons; the people who answer for companies share the rest. */
export interface NamePool {
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly companyNames: readonly string[];
  readonly trades: readonly string[];
  readonly legalForms: readonly string[];
  /** ISO 3166-1 alpha-2: where the customers bank. */
  readonly countries: readonly string[];
}

const FIRST_ID = 101;

/** So many companies and persons, in any order; every fifth quotes ids. No two share a payer's name. */
export function customersOf(pool: NamePool, companies: number, persons: number, random: Random): Customer[] {
  const lastNames = random.shuffled(pool.lastNames);
  const contacts = lastNames.slice(persons);
  const stems = random.shuffled(pool.companyNames).slice(0, companies);
  const firms = stems.map(stem => ({ stem, trade: random.pick(pool.trades), legalForm: random.pick(pool.legalForms) }));
  const people = [
    ...firms.map(company => ({ company, lastName: random.pick(contacts) })),
    ...lastNames.slice(0, persons).map(lastName => ({ company: null, lastName })),
  ];
  return random
    .shuffled(people)
    .map(({ company, lastName }, index) =>
      customer(index, company, [random.pick(pool.firstNames), lastName], iban(random.pick(pool.countries), random)),
    );
}

function customer(index: number, company: CompanyName | null, [firstname, lastname]: readonly [string, string], account: string): Customer {
  const id = String(FIRST_ID + index);
  const companyname = company === null ? '' : [company.stem, company.trade, company.legalForm].join(' ');
  return {
    client: { id, firstname, lastname, companyname, email: `billing${id}@customers.example` },
    payer: { name: companyname === '' ? `${firstname} ${lastname}` : companyname, iban: account },
    company,
    quotesIds: index % 5 === 4,
  };
}
