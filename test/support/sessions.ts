import type { Answer } from './app';
import { aBrowser, type Browser } from './browser';
import { PASSWORD } from './settings';

export interface Tokens {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly tokenType: string;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: string;
}

const TOKENS = 'accessToken expiresAt tokenType refreshToken refreshTokenExpiresAt';
export const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { ${TOKENS} secondFactor { demand } } }`;
export const REFRESH = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { ${TOKENS} } }`;
export const SIGN_OUT = 'mutation { signOut }';

/** Somebody who is signed in, with the browser and the newest tokens. */
export interface SignedIn {
  readonly browser: Browser;
  tokens: Tokens;
  /** Asks with the access token. */
  ask<Data = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** Refreshes, and keeps what comes. */
  refresh(): Promise<Answer<{ refreshSession: Tokens }>>;
}

/** Signs in by the password of the test users. @throws when it is refused. */
export async function signedIn(url: string, email: string, browser = aBrowser(url), password = PASSWORD): Promise<SignedIn> {
  const answer = await browser.ask<{ signIn: Tokens }>(SIGN_IN, { input: { email, password } });
  if (!answer.data) throw new Error(`Not signed in: ${JSON.stringify(answer.errors)}`);
  const person: SignedIn = {
    browser,
    tokens: answer.data.signIn,
    ask: (query, variables) => browser.ask(query, variables, { authorization: `Bearer ${person.tokens.accessToken}` }),
    refresh: async () => {
      const refreshed = await refresh(browser, person.tokens.refreshToken);
      person.tokens = refreshed.data?.refreshSession ?? person.tokens;
      return refreshed;
    },
  };
  return person;
}

export const refresh = (browser: Browser, token: string): Promise<Answer<{ refreshSession: Tokens }>> => browser.ask(REFRESH, { token });

/** How the gateway takes an access token. */
export const codeOf = async (asked: Promise<Answer>): Promise<string> => {
  const { status, errors } = await asked;
  return errors?.[0]?.extensions.code ?? String(status);
};
