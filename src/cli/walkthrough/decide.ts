import { follow } from './patience';
import { expectedAfter, PROPOSAL, type Proposal } from './proposal';
import type { Walk } from './walk';
import { paymentsOf, requireOnePayment } from './whmcs-payments';

const APPROVE = `mutation ($id: ID!) { approveMatch(input: { matchId: $id }) { match { id state } } }`;
const REJECT = `mutation ($id: ID!, $reason: String) { rejectMatch(input: { matchId: $id, reason: $reason }) { match { id state } } }`;
const MATCH = `query ($id: ID!) { node(id: $id) { ... on Match { ${PROPOSAL} } } }`;

/** Approves a proposal, and sees it booked in WHMCS once. */
export async function approve(walk: Walk, proposal: Proposal): Promise<void> {
  const { client, narrator } = walk;
  const { amount, invoice, id } = proposal;
  narrator.step('Approve one');
  const before = await paymentsOf(walk, invoice.externalId);
  const { approveMatch } = await client.ask<{ approveMatch: { match: { state: string } } }>(APPROVE, { id });
  narrator.tell(`${amount.formatted} pays invoice ${invoice.number} (${invoice.status}, balance ${invoice.balance.formatted})`);
  narrator.progress(approveMatch.match.state);
  requireBooked(walk, proposal, await followToEnd(walk, id));

  narrator.step('Look into the books of WHMCS');
  requireOnePayment(walk, proposal, before, await paymentsOf(walk, invoice.externalId));
}

/** Approves once more, which must be refused and book nothing. */
export async function approveAgain(walk: Walk, proposal: Proposal): Promise<void> {
  const { client, narrator } = walk;
  narrator.step('Approve it again');
  const before = await paymentsOf(walk, proposal.invoice.externalId);
  const { code, message } = await client.refusal(APPROVE, { id: proposal.id });
  narrator.check(code === 'CONFLICT', 'CONFLICT', `came ${code}: ${message}`);
  const after = await paymentsOf(walk, proposal.invoice.externalId);
  narrator.check(after.length === before.length, 'no further payment', `there are ${after.length} instead of ${before.length}`);
  narrator.tell(`${code}: ${message}`);
}

/** Rejects a proposal. */
export async function reject({ client, narrator }: Walk, { id, amount, invoice, confidence }: Proposal): Promise<void> {
  narrator.step('Reject one of another payment');
  const { rejectMatch } = await client.ask<{ rejectMatch: { match: { state: string } } }>(REJECT, { id, reason: 'Too doubtful' });
  const { state } = rejectMatch.match;
  narrator.check(state === 'REJECTED', 'REJECTED', `it is ${state}`);
  narrator.tell(`${amount.formatted} for invoice ${invoice.number} (confidence ${confidence.toFixed(4)}) is ${state}`);
}

/** An owner of another business cannot see the match, nor decide on it. */
export async function askAsAnother({ narrator }: Walk, other: Walk['client'], { id }: Proposal): Promise<void> {
  narrator.step('Ask for it as the owner of another business');
  const { node } = await other.ask<{ node: unknown }>(MATCH, { id });
  narrator.check(node === null, 'null', 'the match was shown');
  const { code, message } = await other.refusal(APPROVE, { id });
  narrator.check(code === 'NOT_FOUND', 'NOT_FOUND', `came ${code}: ${message}`);
  narrator.tell('reading it: null', `approving it: ${code}: ${message}`);
}

function followToEnd({ client, narrator }: Walk, id: string): Promise<Proposal> {
  const read = async () => {
    const { node } = await client.ask<{ node: Proposal | null }>(MATCH, { id });
    return narrator.found(node, `the match ${id}`, 'there is none');
  };
  return follow(narrator, read, {
    isDone: ({ state }) => state !== 'APPROVED',
    describe: ({ state, errorMessage }) => (errorMessage === null ? state : `${state} (${errorMessage})`),
    expected: 'the match to be booked',
  });
}

function requireBooked({ narrator }: Walk, proposal: Proposal, { state, errorMessage, invoice }: Proposal): void {
  const expected = expectedAfter(proposal);
  narrator.check(state === 'APPLIED', 'APPLIED', `it is ${state} ${errorMessage ?? ''}`);
  narrator.check(invoice.balance.amountMinor === expected.balanceMinor, `${expected.balanceMinor} to be left`, invoice.balance.formatted);
  narrator.check(invoice.status === expected.status, `the invoice to be ${expected.status}`, `it is ${invoice.status}`);
  narrator.tell(`invoice ${invoice.number} is ${invoice.status}, balance ${invoice.balance.formatted}`);
}
