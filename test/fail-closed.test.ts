import { permissionsOf } from '../src/identity/roles/permissions';
import type { Principal } from '../src/platform/auth/principal';
import { currentContext } from '../src/platform/context/tenant-context';
import { errorCatalogue } from '../src/platform/errors';
import { Metrics } from '../src/platform/metrics/metrics';
import { startApp, type TestApp } from './support/app';
import { tokenOf } from './support/as';
import { aBusiness, anotherBusiness } from './support/business';
import { aFaultyGateway, type Fault, type FaultyGateway, PATIENCE_MS } from './support/faulty-gateway';

const CANARY = 'canary-pass-phrase';
const INTERNALS = /select |payymo_|sequelize|\.ts\b|node_modules|\\n\s+at |boom/i;
const READ = '{ tenant { slug } connections { totalCount } }';
const CHANGE = 'mutation { startConnection(input: { institutionId: "SANDBOXFINANCE_SFIN0000" }) { reference } }';
const SIGN_IN = `mutation { signIn(input: { email: "owner@northwind.example", password: "${CANARY}" }) { accessToken } }`;

let app: TestApp;
let gateway: FaultyGateway;
let token: string;
let usualTimeoutMs: number;
const metrics = new Metrics();
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  gateway = await aFaultyGateway(app, metrics);
  token = await tokenFor('northwind');
  usualTimeoutMs = app.database.openTimeoutMs;
});
afterAll(async () => {
  await gateway.close();
  await app.close();
});
afterEach(() => {
  mend();
  for (const end of hanging.splice(0)) end(undefined);
});

/** Makes every step whole again. */
function mend(): void {
  for (const step of Object.keys(gateway.broken)) Reflect.deleteProperty(gateway.broken, step);
  Object.assign(app.database, { openTimeoutMs: usualTimeoutMs });
  jest.restoreAllMocks();
}

const tokenFor = (slug: string): Promise<string> => {
  const { uuid, userUuids } = app.tenant(slug);
  return tokenOf(app, uuid, { userId: userUuids.OWNER, scopes: permissionsOf.OWNER });
};

const fault = (text = 'boom') => new Error(`${text}: ${token} ${CANARY}`);

const throwing: Fault = () => {
  throw fault();
};

/** Ends what hangs, once it was looked at: the pool cannot close before. */
const hanging: ((late: unknown) => void)[] = [];

/** What a broken step can do instead of its work. */
const FAULTS: Readonly<Record<string, Fault>> = {
  throws: throwing,
  'throws what is no error': () => {
    throw { token, CANARY } as unknown as Error;
  },
  rejects: () => Promise.reject(fault()),
  hangs: () => new Promise(resolve => hanging.push(resolve)),
  'gives another type': () => Promise.resolve('yes'),
  'gives true': () => Promise.resolve(true),
  'gives an empty object': () => Promise.resolve({}),
  'gives null': () => Promise.resolve(null),
  'gives undefined': () => Promise.resolve(undefined),
};

/** A principal whose scopes do what the fault does; a rejection is looked at by nobody else. */
const withScopes = (has: Fault) => (principal: Principal) => ({
  ...principal,
  scopes: {
    has: () => {
      const answer = has();
      if (answer instanceof Promise) answer.catch(() => undefined);
      return answer;
    },
  } as unknown as ReadonlySet<string>,
});

/** The look-ups that come before a tenant is known do what the fault does. */
function breakLookUps(broken: Fault): void {
  Object.assign(app.database, { openTimeoutMs: PATIENCE_MS });
  const query = app.database.sequelize.query.bind(app.database.sequelize) as (...args: unknown[]) => unknown;
  jest
    .spyOn(app.database.sequelize, 'query')
    .mockImplementation(((text: string, ...rest: unknown[]) =>
      text.includes('sign_in_candidates') ? broken() : query(text, ...rest)) as never);
}

/** What begins a transaction and names its tenant is this text instead. */
function breakBegin(text: Fault): void {
  gateway.broken.statement = true;
  const { queryGenerator } = app.database.sequelize.getQueryInterface() as unknown as { queryGenerator: { startTransactionQuery: Fault } };
  jest.spyOn(queryGenerator, 'startTransactionQuery').mockImplementation(text);
}

interface Step {
  readonly stage: string;
  readonly document: string;
  readonly codes: readonly string[];
  breaks(fault: Fault): void;
  /** What is this step's plain answer and no fault. */
  readonly plain?: readonly string[];
}

const UNDECIDED = ['UNAVAILABLE'];
const STEPS: Readonly<Record<string, Step>> = {
  authentication: { stage: 'authentication', document: READ, codes: UNDECIDED, breaks: broken => (gateway.broken.authenticate = broken) },
  'the check for revocation': {
    ...{ stage: 'revocation', document: READ, codes: UNDECIDED, breaks: broken => (gateway.broken.revocation = broken) },
    plain: ['gives undefined'],
  },
  'tenant resolution': { stage: 'tenant', document: SIGN_IN, codes: UNDECIDED, breaks: breakLookUps },
  authorization: {
    ...{ stage: 'authorization', document: READ, codes: ['UNAVAILABLE', 'FORBIDDEN'] },
    breaks: broken => (gateway.broken.principal = withScopes(broken)),
  },
  'opening a scope to read': { stage: 'scope', document: READ, codes: UNDECIDED, breaks: broken => (gateway.broken.begin = broken) },
  'opening a scope to change': { stage: 'scope', document: CHANGE, codes: UNDECIDED, breaks: broken => (gateway.broken.begin = broken) },
};

const cells = Object.entries(STEPS).flatMap(([name, step]) =>
  Object.entries(FAULTS)
    .filter(([what]) => !step.plain?.includes(what))
    .map(([what, broken]) => [name, what, step, broken] as const),
);

const send = async (query: string, authorization?: string) => {
  const headers = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) };
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const text = await response.text();
  return {
    text,
    body: JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: { extensions: { code: string } }[] },
  };
};

async function refusalsAt(stage: string): Promise<number> {
  const counted = (await metrics.text()).matchAll(new RegExp(`^payymo_refusals_total{stage="${stage}",reason="\\w+"} (\\d+)$`, 'gm'));
  return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function expectRefused(step: Pick<Step, 'stage' | 'document' | 'codes'>): Promise<void> {
  const before = await refusalsAt(step.stage);
  gateway.logged.length = 0;

  const { text, body } = await send(step.document, step.document === SIGN_IN ? undefined : `Bearer ${token}`);

  expect(Object.values(body.data ?? {}).filter(value => value !== null)).toEqual([]);
  const codes = (body.errors ?? []).map(({ extensions: { code } }) => code);
  expect(codes.length).toBeGreaterThan(0);
  for (const code of codes) expect(step.codes).toContain(code);
  for (const code of codes) expect(Object.keys(errorCatalogue)).toContain(code);
  expect(text).not.toMatch(INTERNALS);
  expect(text).not.toContain(CANARY);
  expect(await refusalsAt(step.stage)).toBeGreaterThan(before);
  const lines = gateway.logged.join('');
  expect(lines).toContain(`"stage":"${step.stage}"`);
  expect(lines).not.toContain(CANARY);
  expect(lines).not.toContain(token);
}

async function expectClean(): Promise<void> {
  expect(currentContext()).toBeUndefined();
  expect(Object.keys(await gateway.contextOfStranger())).toEqual(['requestId', 'operation']);
  gateway.logged.length = 0;
  const aurora = app.tenant('aurora');
  expect((await send(READ, `Bearer ${await tokenFor('aurora')}`)).body).toEqual({
    data: { tenant: { slug: 'aurora' }, connections: { totalCount: 0 } },
  });
  const tenants = gateway.logged.map(line => (JSON.parse(line) as { tenantId?: string }).tenantId).filter(id => id !== undefined);
  expect(new Set(tenants)).toEqual(new Set([aurora.uuid]));
}

describe('while all is well', () => {
  it('the same requests are answered, so that the refusals below mean something [SEC-017]', async () => {
    const read = await send(READ, `Bearer ${token}`);
    expect(read.body).toEqual({ data: { tenant: { slug: 'northwind' }, connections: { totalCount: 0 } } });
    expect((await send(CHANGE, `Bearer ${token}`)).body).toMatchObject({
      data: { startConnection: { reference: expect.any(String) as string } },
    });
    await expectClean();
  });
});

describe('a request is refused, tells nothing, is counted, and leaves nothing behind when', () => {
  it.each(cells)('%s %s [SEC-017]', async (_name, _what, step, broken) => {
    step.breaks(broken);
    await expectRefused(step);

    mend();
    await expectClean();
  });

  it.each<readonly [string, () => unknown]>([
    ['throws', throwing],
    ['is no SQL', () => `START TRANSACTION; boom '${CANARY}'`],
    ['hangs', () => `START TRANSACTION; SELECT pg_sleep(${(2 * PATIENCE_MS) / 1000})`],
    ['divides by nought', () => 'START TRANSACTION; SELECT 1 / 0'],
  ])('the statement that names the tenant to the database %s [SEC-017] [SEC-016]', async (_what, text) => {
    breakBegin(text);
    await expectRefused({ stage: 'scope', document: READ, codes: UNDECIDED });

    mend();
    await expectClean();
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['no tenant', { tenantId: undefined }],
    ['an empty tenant', { tenantId: '' }],
    ['a tenant that is no UUID', { tenantId: `x'; select 1; --` }],
    ['a list of tenants', { tenantId: ['a', 'b'] }],
    ['no scopes', { scopes: undefined }],
    ['scopes in a list', { scopes: ['tenant:read', 'connections:read'] }],
    ['scopes that are no texts', { scopes: new Set([1, 2]) }],
    ['no actor', { actor: '' }],
    ['a time of authentication that is a text', { authenticatedAt: '2026-01-01' }],
    ['an invalid time of authentication', { authenticatedAt: new Date('no') }],
    ['unknown methods', { methods: ['magic'] }],
  ])('the principal has %s [SEC-017]', async (_what, difference) => {
    const { uuid, userUuids } = app.tenant('northwind');
    const principal = {
      ...{ tenantId: uuid, userId: userUuids.OWNER, clientId: null, sessionId: null, actor: 'user:x', authenticatedAt: null, methods: [] },
      scopes: new Set(permissionsOf.OWNER),
    };
    gateway.broken.authenticate = () => Promise.resolve(principal);
    expect((await send('{ tenant { slug } }', `Bearer ${token}`)).body.data).toEqual({ tenant: { slug: 'northwind' } });

    gateway.broken.authenticate = () => Promise.resolve({ ...principal, ...difference });
    await expectRefused({ stage: 'authentication', document: READ, codes: UNDECIDED });
  });

  it('a transaction opens too late, which is rolled back when it does [SEC-017] [SEC-016]', async () => {
    gateway.broken.begin = async () => {
      await new Promise(resolve => setTimeout(resolve, 2 * PATIENCE_MS));
      return app.database.begin(app.tenant('northwind').uuid);
    };
    await expectRefused({ stage: 'scope', document: READ, codes: UNDECIDED });

    await new Promise(resolve => setTimeout(resolve, 3 * PATIENCE_MS));
    const open = `select from pg_stat_activity where datname = current_database() and usename = 'payymo_app' and state like 'idle in transaction%'`;
    expect(await app.db.query(open)).toEqual([]);
  });
});
