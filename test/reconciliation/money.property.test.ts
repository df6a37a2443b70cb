import fc from 'fast-check';

import { transactionIdOf } from '../../src/reconciliation/apply-match';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness } from '../support/business';
import { imported, reconciled, synced } from '../support/journey';
import { anInvoiceToPay, aPaymentOf, dealt, decide, newestMatches } from '../support/reconciliation';

type Step =
  | { readonly kind: 'approveMatch' | 'rejectMatch' | 'retryMatch'; readonly which: number }
  | { readonly kind: 'run' | 'import' | 'jobs' | 'cancel' }
  | { readonly kind: 'fault'; readonly action: string; readonly how: keyof typeof FAULTS };

const FAULTS = {
  refusal: { kind: 'answer', status: 200, body: { result: 'error', message: 'Not today' } },
  down: { kind: 'answer', status: 503 },
  slowDown: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
  crashAfter: { kind: 'answer', status: 500, afterwards: true },
  cut: { kind: 'cut', afterwards: true },
  lost: { kind: 'reset' },
  pretence: { kind: 'answer', status: 200, body: { result: 'success' } },
} as const;

const aDecision = (kind: 'approveMatch' | 'rejectMatch' | 'retryMatch') => fc.nat({ max: 8 }).map((which): Step => ({ kind, which }));
const aStep = (kind: 'run' | 'import' | 'jobs' | 'cancel') => fc.constant<Step>({ kind });
const aFault = fc
  .tuple(
    fc.constantFrom('AddInvoicePayment', 'AddInvoicePayment', 'GetTransactions', 'GetInvoice'),
    fc.constantFrom(...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])),
  )
  .map(([action, how]): Step => ({ kind: 'fault', action, how }));

const steps = fc.array(
  fc.oneof(
    { weight: 7, arbitrary: aDecision('approveMatch') },
    { weight: 1, arbitrary: aDecision('rejectMatch') },
    { weight: 2, arbitrary: aDecision('retryMatch') },
    { weight: 1, arbitrary: aStep('run') },
    { weight: 1, arbitrary: aStep('import') },
    { weight: 1, arbitrary: aStep('cancel') },
    { weight: 5, arbitrary: aStep('jobs') },
    { weight: 4, arbitrary: aFault },
  ),
  { minLength: 6, maxLength: 16 },
);

/** What every sequence begins with, so that none is about nothing. */
const OPENING: readonly Step[] = [{ kind: 'approveMatch', which: 0 }, { kind: 'jobs' }];

const FORESEEN = [undefined, 'CONFLICT', 'PROVIDER_UNAVAILABLE', 'PROVIDER_REJECTED', 'RATE_LIMITED'];

/** In cents: what is owed and what comes in for it, be it a part, too much or more than once. */
const ledgers = fc.array(
  fc.record({
    total: fc.integer({ min: 100, max: 300 }),
    paid: fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 1, maxLength: 3 }),
  }),
  {
    minLength: 2,
    maxLength: 3,
  },
);

const OVERDRAWN = `
  select 'payment' as what from matches m join transactions t on t.tenant_id = m.tenant_id and t.id = m.transaction_id
    where m.state in ('APPROVED', 'APPLIED', 'FAILED') group by t.tenant_id, t.id, t.amount_minor having sum(m.amount_minor) > t.amount_minor
  union all
  select 'invoice' from matches m join invoices i on i.tenant_id = m.tenant_id and i.id = m.invoice_id
    where m.state in ('APPROVED', 'APPLIED', 'FAILED') group by i.tenant_id, i.id, i.total_minor having sum(m.amount_minor) > i.total_minor`;

describe('money, whatever happens in whatever order', () => {
  let app: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    app = await startApp([aBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
  });
  afterAll(() => app.close());

  async function perform(step: Step, invoiceId: string): Promise<void> {
    if ('how' in step) app.whmcs.fail({ action: step.action, ...FAULTS[step.how] });
    else if ('which' in step) await decideOn(step.kind, step.which);
    else if (step.kind === 'run') await reconciled(app, tenant);
    else if (step.kind === 'import') await imported(app, tenant);
    else if (step.kind === 'jobs') await app.runJobs({ hurry: true });
    else app.whmcs.cancelInvoice('northwind', invoiceId);
  }

  /** One of the newest matches, if there are so many. */
  async function decideOn(name: Parameters<typeof decide>[1], which: number): Promise<void> {
    const matches = [...(await newestMatches(tenant))].sort((one, other) => (one.id < other.id ? 1 : -1));
    const match = matches[which];
    if (match) expect(FORESEEN).toContain(await decide(tenant, name, match));
  }

  /** The faults end, and all that waits is done; what WHMCS booked but would not show is looked at again. */
  async function drain(): Promise<void> {
    app.whmcs.clearFaults();
    await app.runJobs({ hurry: true });
    const booked = new Set(app.whmcs.payments('northwind').map(({ transid }) => transid));
    const failed = (await newestMatches(tenant)).filter(({ state }) => state === 'FAILED');
    for (const match of failed) if (booked.has(match.billingTransactionId)) await decide(tenant, 'retryMatch', match);
    await app.runJobs({ hurry: true });
    expect(await app.db.query(`select id from matches where state = 'APPROVED'`)).toEqual([]);
  }

  const applied = async () =>
    (await app.db.query<{ id: string; amount_minor: string }>(`select id, amount_minor from matches where state = 'APPLIED'`)).map(
      ({ id, amount_minor }) => `${transactionIdOf(id)} ${decimal(Number(amount_minor))}`,
    );

  it('never books more than was paid or owed, and nothing twice [REC-007] [REC-006] [DAT-005]', async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, steps, async (ledger, sequence) => {
        const invoices = ledger.map(({ total }) => anInvoiceToPay({ total: decimal(total) }));
        const lines = ledger.flatMap(({ paid }, index) => {
          const invoice = invoices[index];
          return invoice ? paid.map(cents => aPaymentOf(invoice, { amount: decimal(cents) })) : [];
        });
        await dealt(app, tenant, { invoices, lines });

        for (const step of [...OPENING, ...sequence]) {
          await perform(step, invoices[0]?.id ?? '');
          expect(await app.db.query(OVERDRAWN)).toEqual([]);
        }
        await drain();

        expect(await app.db.query(OVERDRAWN)).toEqual([]);
        const booked = app.whmcs.payments('northwind').map(({ transid, amountin }) => `${transid} ${amountin}`);
        expect(booked.sort()).toEqual((await applied()).sort());
        for (const { id } of invoices) {
          expect(Number(app.whmcs.invoice('northwind', id).balance)).toBeGreaterThanOrEqual(0);
          app.whmcs.cancelInvoice('northwind', id);
        }
      }),
      { numRuns: 10, endOnFailure: true },
    );
    // Or else nothing was shown.
    expect((await applied()).length).toBeGreaterThan(5);
  }, 60_000);
});

const decimal = (cents: number): string => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
