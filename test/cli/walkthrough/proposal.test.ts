import { chooseToApprove, chooseToReject, expectedAfter } from '../../../src/cli/walkthrough/proposal';
import { aProposal } from './a-proposal';

describe('choosing proposals for the walkthrough', () => {
  it('approves the surest that has no rival [UX-002]', () => {
    const [tied, surest, next] = [aProposal({ tied: true }), aProposal({ id: 'mat_2' }), aProposal({ id: 'mat_3' })];

    expect(chooseToApprove([tied, surest, next])).toBe(surest);
    expect(chooseToApprove([tied])).toBeUndefined();
    expect(chooseToApprove([])).toBeUndefined();
  });

  it('rejects one that shares neither payment nor invoice with the approved one [UX-002]', () => {
    const approved = aProposal();
    const samePayment = aProposal({ id: 'mat_2', invoiceId: 'inv_2' });
    const sameInvoice = aProposal({ id: 'mat_3', transactionId: 'txn_3' });
    const other = aProposal({ id: 'mat_4', invoiceId: 'inv_4', transactionId: 'txn_4' });

    expect(chooseToReject([samePayment, sameInvoice, other], approved)).toBe(other);
    expect(chooseToReject([approved, samePayment, sameInvoice], approved)).toBeUndefined();
  });

  it.each([
    ['all of the balance', '11845', { balanceMinor: '0', status: 'PAID' }],
    ['a part of the balance', '11844', { balanceMinor: '1', status: 'UNPAID' }],
  ])('knows what an invoice must look like after %s is paid [UX-002]', (_part, amountMinor, expected) => {
    expect(expectedAfter(aProposal({ amountMinor }))).toEqual(expected);
  });
});
