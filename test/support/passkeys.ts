import { permissionsOf, type Role } from '../../src/identity/roles/permissions';
import { newId } from '../../src/platform/database/ids';
import type { Answer, Ask, TestApp, TestTenant } from './app';
import { type Actor, as } from './as';
import { Authenticator, type Lies } from './authenticator';

interface Ceremony {
  readonly options: object;
  readonly expiresAt: string;
}

const BEGIN_REGISTRATION = 'mutation ($challenge: String) { beginPasskeyRegistration(challenge: $challenge) { options expiresAt } }';
const FINISH_REGISTRATION = `mutation ($input: FinishPasskeyRegistrationInput!) {
  finishPasskeyRegistration(input: $input) { passkey { id name lastUsedAt } recoveryCodes tokens { accessToken } }
}`;
const BEGIN_AUTHENTICATION = 'mutation ($challenge: String) { beginPasskeyAuthentication(challenge: $challenge) { options expiresAt } }';

export interface Registered {
  readonly finishPasskeyRegistration: {
    readonly passkey: { readonly id: string; readonly name: string; readonly lastUsedAt: string | null };
    readonly recoveryCodes: readonly string[];
    readonly tokens: { readonly accessToken: string } | null;
  } | null;
}

/** What a new passkey is asked to sign. @throws Error with the refusal */
export async function creationOptions(ask: Ask, challenge?: string): Promise<object> {
  const { data, errors } = await ask<{ beginPasskeyRegistration: Ceremony | null }>(BEGIN_REGISTRATION, { challenge });
  if (!data?.beginPasskeyRegistration) throw new Error(JSON.stringify(errors));
  return data.beginPasskeyRegistration.options;
}

export const finishRegistration = (ask: Ask, response: object, rest: object = {}): Promise<Answer<Registered>> =>
  ask(FINISH_REGISTRATION, { input: { name: 'Key', response, ...rest } });

/** What a passkey is asked to sign. @throws Error with the refusal */
export async function requestOptions(ask: Ask, challenge?: string): Promise<object> {
  const { data, errors } = await ask<{ beginPasskeyAuthentication: Ceremony | null }>(BEGIN_AUTHENTICATION, { challenge });
  if (!data?.beginPasskeyAuthentication) throw new Error(JSON.stringify(errors));
  return data.beginPasskeyAuthentication.options;
}

/** A user with a passkey. */
export interface PasskeyOwner {
  readonly id: string;
  readonly recoveryCodes: readonly string[];
  readonly authenticator: Authenticator;
  /** Signs for the challenge of a sign-in. */
  assertion(challenge: string, lies?: Lies): Promise<Record<string, unknown>>;
}

/** A client whose requests belong to one session, as what a passkey signs does. */
export function inOneSession(app: TestApp, { uuid, userUuids }: TestTenant, role: Role, difference: Partial<Actor> = {}): Ask {
  return as(app, authorization => app.ask(authorization), uuid, {
    userId: userUuids[role],
    scopes: permissionsOf[role],
    sessionId: newId(),
    ...difference,
  });
}

/** Registers a passkey for the user of a role, as a signed-in client of theirs. */
export async function withPasskey(app: TestApp, tenant: TestTenant, role: Role, counts = true): Promise<PasskeyOwner> {
  const ask = inOneSession(app, tenant, role);
  const authenticator = new Authenticator(app.url, counts);
  const { data, errors } = await finishRegistration(ask, authenticator.create(await creationOptions(ask)));
  if (!data?.finishPasskeyRegistration) throw new Error(`Not registered: ${JSON.stringify(errors)}`);
  const { passkey, recoveryCodes } = data.finishPasskeyRegistration;
  return {
    id: passkey.id,
    recoveryCodes,
    authenticator,
    assertion: async (challenge, lies) => authenticator.get(await requestOptions(app.anonymous, challenge), lies),
  };
}
