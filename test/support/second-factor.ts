import { decodeBase32 } from '../../src/identity/second-factor/base32';
import { hotp, stepAt } from '../../src/identity/second-factor/totp';
import type { PlatformRole, Role } from '../../src/identity/roles/permissions';
import type { Clock } from '../../src/platform/clock';
import type { Answer, Ask, TestApp, TestTenant } from './app';
import { PASSWORD } from './settings';

const STEP_MS = 30_000;

/** The six digits that an authenticator app with this secret (base32) shows now, or so many steps of 30 s later. */
export const totpNow = (secret: string, clock: Clock, stepsAhead = 0): string =>
  hotp(decodeBase32(secret), stepAt(clock.now()) + stepsAhead);

export interface Tokens {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly tokenType: string;
  readonly refreshToken: string | null;
}

export interface Challenge {
  readonly challenge: string;
  readonly expiresAt: string;
  readonly demand: 'VERIFY' | 'ENROL';
  readonly methods: readonly string[];
}

const SIGN_IN = `mutation ($input: SignInInput!) {
  signIn(input: $input) { accessToken secondFactor { challenge expiresAt demand methods } }
}`;

interface SignedIn {
  readonly signIn: { readonly accessToken: string | null; readonly secondFactor: Challenge | null };
}

/** What the right password of a role's user answers. */
export async function signInAs({ anonymous }: TestApp, { slug }: { slug: string }, role: Role | PlatformRole): Promise<SignedIn['signIn']> {
  const input = { email: `${role.toLowerCase()}@${slug}.example`, password: PASSWORD, tenant: slug };
  const { data, errors } = await anonymous<SignedIn>(SIGN_IN, { input });
  if (!data) throw new Error(`No sign-in: ${JSON.stringify(errors)}`);
  return data.signIn;
}

/** The challenge of a role's user who has a factor, or must have one. */
export async function challengeFor(app: TestApp, tenant: TestTenant, role: Role): Promise<string> {
  const { secondFactor } = await signInAs(app, tenant, role);
  if (!secondFactor) throw new Error(`${role} signs in without a second factor`);
  return secondFactor.challenge;
}

export const VERIFY = `mutation ($input: VerifySecondFactorInput!) {
  verifySecondFactor(input: $input) { accessToken expiresAt tokenType refreshToken }
}`;

/** Brings a factor for a challenge. */
export const verify = ({ anonymous }: TestApp, input: Record<string, unknown>): Promise<Answer<{ verifySecondFactor: Tokens | null }>> =>
  anonymous(VERIFY, { input });

const BEGIN = 'mutation { beginTotpEnrolment { secret } }';
const CONFIRM = 'mutation ($input: ConfirmTotpEnrolmentInput!) { confirmTotpEnrolment(input: $input) { recoveryCodes } }';

/** A user with an authenticator app. */
export interface Enrolled {
  /** Base32. */
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
  /** A code that was not used yet; the clock moves on by a step. */
  code(): string;
  /** A client with a session of password and code; the clock moves on by a step. */
  signedIn(): Promise<Ask>;
}

/** Enrols an authenticator app for the user of a role. */
export async function withSecondFactor(app: TestApp, tenant: TestTenant, role: Role): Promise<Enrolled> {
  const ask = tenant.as(role);
  const begun = await ask<{ beginTotpEnrolment: { secret: string } | null }>(BEGIN);
  const { secret } = begun.data?.beginTotpEnrolment ?? {};
  if (secret === undefined) throw new Error(`No enrolment: ${JSON.stringify(begun.errors)}`);
  const input = { code: totpNow(secret, app.clock) };
  const { data, errors } = await ask<{ confirmTotpEnrolment: { recoveryCodes: string[] } | null }>(CONFIRM, { input });
  if (!data?.confirmTotpEnrolment) throw new Error(`Not enrolled: ${JSON.stringify(errors)}`);
  const code = () => {
    app.clock.advance(STEP_MS);
    return totpNow(secret, app.clock);
  };
  return { secret, recoveryCodes: data.confirmTotpEnrolment.recoveryCodes, code, signedIn: () => signedIn(app, tenant, role, code) };
}

async function signedIn(app: TestApp, tenant: TestTenant, role: Role, code: () => string): Promise<Ask> {
  const challenge = await challengeFor(app, tenant, role);
  const { data, errors } = await verify(app, { challenge, totp: code() });
  if (!data?.verifySecondFactor) throw new Error(`No session: ${JSON.stringify(errors)}`);
  return app.ask(`Bearer ${data.verifySecondFactor.accessToken}`);
}

/** What the audit trail of a tenant says of second factors, the oldest first; without the entries of sessions. */
export const auditOf = (app: TestApp, { uuid }: TestTenant, userUuid: string): Promise<{ action: string; after: unknown }[]> =>
  app.db.query(
    `select action, after from audit_entries where tenant_id = $1 and object_id = $2 and action like 'second-factor.%' order by sequence`,
    [uuid, userUuid],
  );
