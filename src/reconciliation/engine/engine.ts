import { type Candidate, candidatesOf, indexBook, type OpenBook } from './candidates';
import { type Finding, findingsOf } from './findings';
import { compare } from './payer-index';
import type { Evidence, OpenInvoice, Payment, Proposal } from './types';

/**
 * The matching engine (REC-002, REC-004): which open invoices may a payment be for, how sure is that, and why?
 * It is a pure function of its input: the same payment and the same invoices, in whatever order, give the same proposals.
 *
 * **Candidates.** A payment in another currency than the invoice, or one that did not come in, leads nowhere. Otherwise three
 * indexes lead to invoices: what the payment quotes (every piece of its texts is looked up as a number), its exact amount, and
 * the words of its payer's name. Each list is bounded: at most 50 invoices for a quoted key and for an amount (a longer list
 * is no lead), the 10 most alike of at most 50 parties a word, and of each the 50 invoices due the longest. The work for a
 * payment therefore depends on its own length, never on how many invoices are open (REC-011).
 *
 * **Confidence.** Doubt begins at 10,000 basis points. Each signal that speaks for the match removes its share of
 * the doubt that is left (in the order reference, payer, amount, date); then each that speaks against it takes its share of the
 * confidence reached. This is its contribution, rounded towards zero. So the contributions add up to the confidence exactly, none is lost to a cap, and 10,000 is never reached.
 *
 * | signal | share |
 * |---|---|
 * | reference | whole number 94 %, long digits 88 %, digits behind "invoice" 75 %, anything doubtful 15 % |
 * | payer | 70 % times the square of the names' likeness; another name takes 3 % |
 * | amount | the balance: 35 % if no other invoice has it, 25 % if few, 15 % if many; a part of it 5 %; more than it takes 3 % |
 * | date | within 14 days of the time to pay 5 %; before the issue takes 3 % |
 *
 * Hence a payment that quotes nothing stays below 8,200, and amount and date alone below 3,900, whatever they are: neither
 * reaches LOWEST_AUTO_APPROVAL. The weights are judgement, not statistics: the confidence ranks, it is no measured probability.
 *
 * **Ties.** A proposal is tied when a rival has less than twice its doubt; the better one of two so near is not known.
 * The payer's IBAN is not used: there is nothing yet to compare it with.
 * @requirement REC-002, REC-004, REC-011
 */
export function propose(payment: Payment, index: InvoiceIndex): readonly Proposal[] {
  const book = index.get(payment.amount.currency);
  if (book === undefined || payment.amount.amountMinor <= 0n) return [];
  const proposals = candidatesOf(payment, book).map(candidate => proposalOf(payment, candidate));
  return flagTies(proposals, proposal => proposal.paymentId)
    .filter(({ confidence }) => confidence >= CONFIDENCE_FLOOR)
    .sort(bestFirst)
    .slice(0, MAX_PROPOSALS);
}

/** Stored with every decision. Changes with every change of what the engine answers. */
export const ENGINE_VERSION = '1.0.0';

/** In basis points: what is less sure is not proposed. */
export const CONFIDENCE_FLOOR = 2500;

/** In basis points: no tenant's threshold for automatic approval may lie below. */
export const LOWEST_AUTO_APPROVAL = 9000;

/** A rival is near when its doubt is less than this many times the proposal's. */
const NEAR = 2;
const MAX_PROPOSALS = 5;
const CERTAIN = 10_000;

/** Open invoices by currency (ISO 4217). */
export type InvoiceIndex = ReadonlyMap<string, OpenBook>;

/** Built once for a run over many payments; costs n log n. Invoices with nothing left to pay are left out. */
export function indexInvoices(invoices: readonly OpenInvoice[]): InvoiceIndex {
  const byCurrency = new Map<string, OpenInvoice[]>();
  for (const invoice of invoices.filter(({ balance }) => balance.amountMinor > 0n)) {
    const { currency } = invoice.balance;
    byCurrency.set(currency, byCurrency.get(currency) ?? []);
    byCurrency.get(currency)?.push(invoice);
  }
  return new Map(Array.from(byCurrency, ([currency, open]) => [currency, indexBook(open)]));
}

/**
 * Flags the proposals of a batch for which another payment has as good a claim, or nearly, to the same invoice (REC-006).
 * Two instalments that both fit into the balance are flagged as well. Order and all other fields stay; costs n.
 */
export const markTies = (proposals: readonly Proposal[]): readonly Proposal[] => flagTies(proposals, proposal => proposal.invoiceId);

function proposalOf(payment: Payment, candidate: Candidate): Proposal {
  const { invoice } = candidate;
  const amountMinor = payment.amount.amountMinor < invoice.balance.amountMinor ? payment.amount.amountMinor : invoice.balance.amountMinor;
  const evidence = weigh(findingsOf(payment, candidate));
  return {
    paymentId: payment.id,
    invoiceId: invoice.id,
    amount: { amountMinor, currency: payment.amount.currency },
    confidence: evidence.reduce((sum, { contribution }) => sum + contribution, 0),
    evidence,
    tied: false,
  };
}

function weigh(findings: readonly Finding[]): readonly Evidence[] {
  let confidence = 0;
  const speaksAgainst = findings.filter(({ share }) => share < 0);
  const speaksFor = findings.filter(({ share }) => share >= 0);
  return [...speaksFor, ...speaksAgainst].map(({ signal, share, explanation, data }) => {
    const contribution = Math.trunc((share * (share > 0 ? CERTAIN - confidence : confidence)) / CERTAIN);
    confidence += contribution;
    return { signal, contribution, explanation, data };
  });
}

function flagTies(proposals: readonly Proposal[], contested: (proposal: Proposal) => string): Proposal[] {
  const least = new Map<string, readonly [number, number]>();
  const leastOf = (proposal: Proposal) => least.get(contested(proposal)) ?? [Infinity, Infinity];
  for (const proposal of proposals) {
    const [first, second] = leastOf(proposal);
    const doubt = doubtOf(proposal);
    least.set(contested(proposal), doubt < first ? [doubt, first] : [first, Math.min(second, doubt)]);
  }
  return proposals.map(proposal => {
    const [first, second] = leastOf(proposal);
    const rival = doubtOf(proposal) === first ? second : first;
    return { ...proposal, tied: proposal.tied || rival < NEAR * doubtOf(proposal) };
  });
}

const doubtOf = ({ confidence }: Proposal): number => CERTAIN - confidence;

const bestFirst = (one: Proposal, other: Proposal): number => other.confidence - one.confidence || compare(one.invoiceId, other.invoiceId);
