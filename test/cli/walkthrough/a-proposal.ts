import type { Proposal } from '../../../src/cli/walkthrough/proposal';

const euros = (amountMinor: string) => ({ amountMinor, currency: 'EUR', formatted: `EUR ${amountMinor}/100` });

export interface ProposalParts extends Partial<Omit<Proposal, 'amount' | 'invoice' | 'transaction'>> {
  readonly amountMinor?: string;
  readonly balanceMinor?: string;
  readonly invoiceId?: string;
  readonly transactionId?: string;
}

/** A sure proposal that 118.45 EUR pay an invoice of 118.45 EUR. */
export const aProposal = ({
  amountMinor = '11845',
  balanceMinor = '11845',
  invoiceId = 'inv_1',
  transactionId = 'txn_1',
  ...difference
}: ProposalParts = {}): Proposal => ({
  id: 'mat_1',
  state: 'PROPOSED',
  tied: false,
  confidence: 0.98,
  amount: euros(amountMinor),
  billingTransactionId: 'payymo-mat_1',
  errorMessage: null,
  transaction: { id: transactionId, remittance: 'NW-801' },
  invoice: { id: invoiceId, number: 'NW-801', externalId: '801', status: 'UNPAID', balance: euros(balanceMinor) },
  evidence: [],
  ...difference,
});
