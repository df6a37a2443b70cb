/** A match, as the walk reads it. */
export interface Proposal {
  readonly id: string;
  readonly state: string;
  readonly tied: boolean;
  readonly confidence: number;
  readonly amount: Amount;
  readonly billingTransactionId: string;
  readonly errorMessage: string | null;
  readonly transaction: { readonly id: string; readonly remittance: string };
  readonly invoice: InvoiceState & { readonly id: string; readonly number: string; readonly externalId: string };
  readonly evidence: readonly { readonly signal: string; readonly contribution: number; readonly explanation: string }[];
}

export interface Amount {
  readonly amountMinor: string;
  readonly currency: string;
  readonly formatted: string;
}

export interface InvoiceState {
  readonly status: string;
  readonly balance: Amount;
}

const AMOUNT = '{ amountMinor currency formatted }';

/** The fields of a Proposal. */
export const PROPOSAL = `id state tied confidence amount ${AMOUNT} billingTransactionId errorMessage
  transaction { id remittance } invoice { id number externalId status balance ${AMOUNT} } evidence { signal contribution explanation }`;

/** The first of the surest that no other rivals. */
export const chooseToApprove = (surest: readonly Proposal[]): Proposal | undefined => surest.find(({ tied }) => !tied);

/** The least sure one of another payment and another invoice than the approved one. */
export const chooseToReject = (leastSure: readonly Proposal[], approved: Proposal): Proposal | undefined =>
  leastSure.find(({ transaction, invoice }) => transaction.id !== approved.transaction.id && invoice.id !== approved.invoice.id);

/** What an invoice must look like once the match is booked: what is left, in minor units, and its status. */
export function expectedAfter({ amount, invoice }: Proposal): { readonly balanceMinor: string; readonly status: string } {
  const left = BigInt(invoice.balance.amountMinor) - BigInt(amount.amountMinor);
  return { balanceMinor: String(left), status: left === 0n ? 'PAID' : invoice.status };
}
