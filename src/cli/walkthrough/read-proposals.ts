import { chooseToApprove, chooseToReject, PROPOSAL, type Proposal } from './proposal';
import type { Walk } from './walk';

interface Choice {
  readonly toApprove: Proposal;
  readonly toReject: Proposal;
}

/** From here on a proposal counts as sure. */
const SURE = 0.9;
const SHOWN = 3;

const QUERY = `query ($sure: Float!) {
  sure: matches(first: 25, orderBy: CONFIDENCE_DESC, filter: { state: [PROPOSED], tied: false, confidenceFrom: $sure }) { totalCount nodes { ${PROPOSAL} } }
  doubtful: matches(first: 25, orderBy: CONFIDENCE_ASC, filter: { state: [PROPOSED] }) { totalCount nodes { ${PROPOSAL} } }
}`;

/** Shows the surest proposals with their evidence, and chooses one to approve and one to reject. */
export async function readProposals({ client, narrator }: Walk): Promise<Choice> {
  narrator.step('Read the proposals and why');
  const { sure, doubtful } = await client.ask<Record<'sure' | 'doubtful', { totalCount: number; nodes: readonly Proposal[] }>>(QUERY, {
    sure: SURE,
  });
  narrator.tell(`${doubtful.totalCount} wait for a decision, ${sure.totalCount} of them are sure (${SURE} or more) and without a rival:`);
  for (const proposal of sure.nodes.slice(0, SHOWN)) narrator.tell(...linesOf(proposal));
  const toApprove = narrator.found(chooseToApprove(sure.nodes), 'a sure proposal', `earlier walks decided on all of them: ${BEGIN_AGAIN}`);
  const toReject = narrator.found(
    chooseToReject(doubtful.nodes, toApprove),
    'a proposal for another payment',
    `there is none left: ${BEGIN_AGAIN}`,
  );
  return { toApprove, toReject };
}

const BEGIN_AGAIN = 'stop the demo, remove the folder .payymo and start it again';

function linesOf({ confidence, amount, invoice, transaction, evidence }: Proposal): string[] {
  return [
    `${confidence.toFixed(4)}  ${amount.formatted} for invoice ${invoice.number}, paid with "${transaction.remittance.slice(0, 60)}"`,
    ...evidence.map(
      ({ signal, contribution, explanation }) => `  ${signed(contribution)}  ${signal.toLowerCase().padEnd(9)}  ${explanation}`,
    ),
  ];
}

const signed = (contribution: number): string => `${contribution < 0 ? '-' : '+'}${Math.abs(contribution).toFixed(4)}`;
