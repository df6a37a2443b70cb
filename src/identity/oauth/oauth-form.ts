import { invalidRequest, invalidScope } from './oauth-error';

/** The parameters of a request; those without a value count as left out (RFC 6749, section 3.2). */
export type OAuthForm = ReadonlyMap<string, string>;

/** @throws OAuthError invalid_request for a parameter that comes twice (RFC 6749, section 3.2). */
export function oauthForm(sent: URLSearchParams): OAuthForm {
  const names = [...sent.keys()];
  if (new Set(names).size < names.length) throw invalidRequest('A parameter comes twice');
  return new Map([...sent].filter(([, value]) => value !== ''));
}

/** @throws OAuthError invalid_request when it is missing. */
export function required(form: OAuthForm, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw invalidRequest(`The parameter ${name} is missing`);
  return value;
}

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** The scopes that are asked for; undefined when the client leaves it to us. @throws OAuthError invalid_scope for a malformed list. */
export function scopesIn(form: OAuthForm): ReadonlySet<string> | undefined {
  const scope = form.get('scope');
  if (scope === undefined) return undefined;
  if (!SCOPE.test(scope)) throw invalidScope('The scope is malformed');
  return new Set(scope.split(' '));
}
