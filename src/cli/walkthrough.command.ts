import { readDemo } from './demo/demo-file';
import { say } from './say';
import { connectBank } from './walkthrough/connect-bank';
import { approve, approveAgain, askAsAnother, reject } from './walkthrough/decide';
import { importInvoices, runMatching } from './walkthrough/import-and-match';
import { introduce, listInstitutions } from './walkthrough/introduce';
import { Narrator } from './walkthrough/narrator';
import { readProposals } from './walkthrough/read-proposals';
import { readTransactions } from './walkthrough/read-transactions';
import { clientOf, OTHER, OWN } from './walkthrough/walk';
import { watchSync } from './walkthrough/watch-sync';

/**
 * Drives the running demo as a client would, over HTTP alone, from sign-in to a paid invoice. May be repeated.
 * @throws WalkthroughError at the first thing that is not as it must be; StartupError when no demo runs.
 */
export async function walkthrough(): Promise<void> {
  const begin = performance.now();
  const demo = await readDemo();
  const narrator = new Narrator();
  narrator.step(`Sign in at ${demo.graphqlUrl}`);
  const walk = { demo, narrator, client: await clientOf(demo, OWN, narrator) };
  narrator.tell(`the owner of ${OWN} has an access token`);
  const institution = await listInstitutions(walk, OWN, await introduce(walk));
  const connected = await connectBank(walk, institution);
  await watchSync(walk, connected);
  await readTransactions(walk, connected.connectionId);
  await importInvoices(walk);
  await runMatching(walk);
  const { toApprove, toReject } = await readProposals(walk);
  await approve(walk, toApprove);
  await approveAgain(walk, toApprove);
  await reject(walk, toReject);
  await askAsAnother(walk, await clientOf(demo, OTHER, narrator), toApprove);
  say(`\nAll as it must be, in ${((performance.now() - begin) / 1000).toFixed(1)} s.`);
}
