import { matchIds } from '../../src/reconciliation/ids';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { aBusiness, anotherBusiness } from '../support/business';
import { synced } from '../support/journey';
import { bookedUnder, decide, decision, type FullMatch, matchNow, proposals } from '../support/reconciliation';

const REJECT = decision('rejectMatch');
const REFUSAL = { action: 'AddInvoicePayment', kind: 'answer', status: 200, body: { result: 'error', message: 'No' } } as const;

describe('rejectMatch', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let proposed: FullMatch[];
  beforeAll(async () => {
    app = await startApp([aBusiness(), anotherBusiness()]);
    tenant = app.tenant('northwind');
    await synced(app, tenant);
    proposed = [...(await proposals(app, tenant, 15))];
  });
  afterEach(() => {
    app.whmcs.clearFaults();
  });
  afterAll(() => app.close());

  const aProposal = (): FullMatch => {
    const match = proposed.pop();
    if (!match) throw new Error('More proposals are needed');
    return match;
  };
  /** Approved, but WHMCS refused the payment. */
  const aFailure = async (): Promise<FullMatch> => {
    const match = aProposal();
    app.whmcs.fail(REFUSAL);
    await decide(tenant, 'approveMatch', match);
    await app.runJobs();
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'FAILED' });
    return match;
  };

  it('rejects with a reason, says who did, and frees the payment [REC-006]', async () => {
    const match = aProposal();

    const { data, errors } = await tenant.as('ACCOUNTANT')(REJECT, { input: { matchId: match.id, reason: 'Paid by another company' } });

    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      rejectMatch: {
        match: {
          state: 'REJECTED',
          reason: 'Paid by another company',
          decidedBy: { id: tenant.userIds.ACCOUNTANT },
          transaction: { matchState: 'UNMATCHED' },
        },
      },
    });
  });

  it.each([
    ['none', undefined, null],
    ['null', null, null],
    ['the longest', 'x'.repeat(500), 'x'.repeat(500)],
    ['one with markup and quotes', `<b>"It's"</b>; drop table matches --`, `<b>"It's"</b>; drop table matches --`],
  ])('keeps a reason as it is given: %s [REC-006]', async (_what, reason, kept) => {
    const match = aProposal();

    expect(await decide(tenant, 'rejectMatch', match, { reason })).toBeUndefined();

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'REJECTED', reason: kept });
  });

  it('refuses a reason of more than 500 characters and names the argument [API-009]', async () => {
    const match = aProposal();

    const { errors } = await tenant.as('OWNER')(REJECT, { input: { matchId: match.id, reason: 'x'.repeat(501) } });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.reason' } }]);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'PROPOSED' });
  });

  it('refuses a role without matches:reject [SEC-016]', async () => {
    const match = aProposal();

    const { errors } = await tenant.as('VIEWER')(REJECT, { input: { matchId: match.id } });

    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'PROPOSED' });
  });

  it('refuses a caller who is not signed in [SEC-016]', async () => {
    const { errors } = await app.anonymous(REJECT, { input: { matchId: aProposal().id } });

    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it("answers for another tenant's match as for one that does not exist [SEC-016] [API-009]", async () => {
    const match = aProposal();
    const unknown = matchIds.encode('01900000-0000-7000-8000-000000000000');
    const answerFor = async (id: string) => {
      const { data, errors = [] } = await app.tenant('aurora').as('OWNER')(REJECT, { input: { matchId: id } });
      const told = errors.map(({ message, extensions }) => ({ message, ...extensions, requestId: '<request>' }));
      return JSON.stringify({ data, told }).replaceAll(id, '<id>');
    };

    expect(await answerFor(match.id)).toBe(await answerFor(unknown));
    expect(await answerFor(match.id)).toContain('NOT_FOUND');
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'PROPOSED' });
  });

  it('names the argument for a malformed id [API-009]', async () => {
    const { errors } = await tenant.as('OWNER')(REJECT, { input: { matchId: '7' } });

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'input.matchId' } }]);
  });

  it('does not reject what is on its way to WHMCS, in its books, or rejected already [REC-006]', async () => {
    const match = aProposal();
    await decide(tenant, 'approveMatch', match);

    expect(await decide(tenant, 'rejectMatch', match)).toBe('CONFLICT');
    await app.runJobs();
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(await decide(tenant, 'rejectMatch', match)).toBe('CONFLICT');

    const rejected = aProposal();
    await decide(tenant, 'rejectMatch', rejected);
    expect(await decide(tenant, 'rejectMatch', rejected)).toBe('CONFLICT');
  });

  it('lets one of an approval and a rejection at the same time win [REC-006] [REC-007]', async () => {
    const match = aProposal();

    const codes = await Promise.all([decide(tenant, 'approveMatch', match), decide(tenant, 'rejectMatch', match)]);
    await app.runJobs();

    expect(codes.sort()).toEqual(['CONFLICT', undefined]);
    const { state } = await matchNow(tenant, match);
    expect(bookedUnder(app, tenant, match)).toHaveLength(state === 'APPLIED' ? 1 : 0);
  });

  it('gives up a match that could not be booked, and frees the payment [REC-007]', async () => {
    const match = await aFailure();

    expect(await decide(tenant, 'rejectMatch', match, { reason: 'Paid in cash' })).toBeUndefined();

    expect(await matchNow(tenant, match)).toMatchObject({ state: 'REJECTED', transaction: { matchState: 'UNMATCHED' } });
  });

  it('does not give up a match whose payment WHMCS holds [REC-007]', async () => {
    const match = aProposal();
    // The payment is booked, but its answer is lost, and then WHMCS will not let us look.
    app.whmcs.fail({ action: 'AddInvoicePayment', kind: 'crash-after' });
    await decide(tenant, 'approveMatch', match);
    await app.runJobs();
    app.whmcs.fail({ action: 'GetTransactions', kind: 'answer', status: 403, body: { result: 'error', message: 'Access Denied' } });
    await app.runJobs({ hurry: true });
    app.whmcs.clearFaults();
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'FAILED' });

    expect(await decide(tenant, 'rejectMatch', match)).toBe('CONFLICT');

    expect(await decide(tenant, 'retryMatch', match)).toBeUndefined();
    await app.runJobs();
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'APPLIED' });
    expect(bookedUnder(app, tenant, match)).toHaveLength(1);
  });

  it('keeps a failed match as it is while WHMCS cannot say whether it holds the payment [REC-007]', async () => {
    const match = await aFailure();
    app.whmcs.fail({ action: 'GetTransactions', kind: 'answer', status: 429, headers: { 'retry-after': '7' } });

    const { errors } = await tenant.as('OWNER')(REJECT, { input: { matchId: match.id } });

    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 7 } }]);
    expect(await matchNow(tenant, match)).toMatchObject({ state: 'FAILED' });
  });
});
