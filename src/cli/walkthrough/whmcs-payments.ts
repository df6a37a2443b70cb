import { z } from 'zod';

import type { Proposal } from './proposal';
import { OWN, type Walk } from './walk';

const Payments = z.object({ payments: z.array(z.object({ invoiceid: z.string(), transid: z.string(), amountin: z.string() })) });

export type Payment = z.infer<typeof Payments>['payments'][number];

const WITHIN_MS = 15_000;

/** The payments that the sandbox WHMCS holds for an invoice: the books themselves, not what the gateway says of them. */
export async function paymentsOf({ demo, narrator }: Walk, invoiceId: string): Promise<Payment[]> {
  const url = `${demo.sandbox.whmcs.origin}/sandbox/${OWN}/payments`;
  const response = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) }).catch((cause: unknown) => {
    throw narrator.failure('the books of WHMCS', `nobody answers at ${url}`, cause);
  });
  const { data } = Payments.safeParse(await response.json().catch(() => undefined));
  const { payments } = narrator.found(data, `a list of payments at ${url}`, `came something else (${response.status})`);
  return payments.filter(({ invoiceid }) => invoiceid === invoiceId);
}

/** @throws WalkthroughError unless exactly the payment of the match came to the books. */
export function requireOnePayment(
  { narrator }: Pick<Walk, 'narrator'>,
  { billingTransactionId, invoice }: Proposal,
  before: readonly Payment[],
  after: readonly Payment[],
): void {
  const ours = after.filter(({ transid }) => transid === billingTransactionId);
  narrator.check(ours.length === 1, 'exactly one payment of this match', `there are ${ours.length}`);
  narrator.check(after.length === before.length + 1, 'exactly one more payment on the invoice', `${before.length} became ${after.length}`);
  for (const { amountin, transid } of ours)
    narrator.tell(`exactly one payment on invoice ${invoice.number}: ${amountin}, transaction ${transid}`);
}
