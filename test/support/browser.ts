import type { Answer } from './app';

/** A plain browser: it keeps the cookie that it is given, as browsers do on localhost even without TLS. */
export interface Browser {
  /** `name=value` of the cookie, or undefined before there is one. Can be set, to move a cookie between browsers. */
  cookie: string | undefined;
  /** The Set-Cookie headers of the last answer. */
  readonly lastSetCookie: readonly string[];
  ask<Data = Record<string, unknown>>(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
}

export function aBrowser(url: string, cookie?: string): Browser {
  let lastSetCookie: readonly string[] = [];
  const browser: Browser = {
    cookie,
    get lastSetCookie() {
      return lastSetCookie;
    },
    ask: async (query, variables = {}, headers = {}) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(browser.cookie !== undefined && { cookie: browser.cookie }), ...headers },
        body: JSON.stringify({ query, variables }),
      });
      lastSetCookie = response.headers.getSetCookie();
      browser.cookie = lastSetCookie[0]?.split(';')[0] ?? browser.cookie;
      return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
    },
  };
  return browser;
}
