import { aurora } from './aurora';
import { buildBusiness } from './build-business';
import { northwind } from './northwind';
import type { Business, SandboxAccount, World } from './world';

/**
 * Two businesses with their banks and customers, invented from the seed alone: the same arguments give the same world, to the byte.
 * `today` is YYYY-MM-DD; all lines lie in the 85 days before it. Both businesses have some provider ids and invoice numbers in common, so that
 * a reader who mixes up tenants is found out. Each `truth` leaves out ties: one of two equal invoices of one customer, paid without a reference.
 * The credentials of the installations are no secrets here; whoever serves the world to more than a test sets new ones.
 */
export function buildWorld({ seed, today }: { seed: number; today: string }): World {
  const host = buildBusiness(northwind, seed, today);
  const small = buildBusiness(aurora(sharedNumbers(host)), seed, today);
  return { businesses: [host, withIdsOf(small, host)] };
}

const SHARED = 15;

const sharedNumbers = ({ whmcs }: Business): string[] =>
  whmcs.invoices
    .map(({ invoicenum }) => invoicenum)
    .filter(number => number !== '')
    .slice(0, SHARED);

/** Both bank with the same house first: there, the first lines of the one carry the ids of the other. */
function withIdsOf(business: Business, { accounts: [model] }: Business): Business {
  const [first, ...rest] = business.accounts;
  if (first === undefined || model === undefined) return business;
  return { ...business, accounts: [{ ...first, booked: renumbered(first, model) }, ...rest] };
}

const renumbered = ({ booked }: SandboxAccount, model: SandboxAccount): SandboxAccount['booked'] =>
  booked.map((line, index) => ({ ...line, ...(index < SHARED ? idsOf(model.booked[index]) : {}) }));

const idsOf = (line: SandboxAccount['booked'][number] = {}): SandboxAccount['booked'][number] => ({
  transactionId: line['transactionId'],
  internalTransactionId: line['internalTransactionId'],
});
