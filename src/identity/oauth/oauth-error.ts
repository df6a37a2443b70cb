/** What RFC 6749 (section 5.2), RFC 7009 (section 2.2.1) and RFC 9449 (section 5) name, and two for what is not the client's fault. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_dpop_proof'
  | 'unsupported_token_type'
  | 'temporarily_unavailable'
  | 'server_error';

/** A database that restarts is back by then. */
const RETRY_SECONDS = '5';

/** An error as the OAuth endpoints answer it. The description is for the developer of the client and holds nothing that was sent. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  constructor(
    readonly code: OAuthErrorCode,
    readonly description: string,
    readonly status = 400,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${code}: ${description}`);
  }
}

export const invalidRequest = (description: string) => new OAuthError('invalid_request', description);
export const invalidScope = (description: string) => new OAuthError('invalid_scope', description);
export const invalidGrant = () => new OAuthError('invalid_grant', 'The refresh token is not valid, or not for this client');

/** One answer for all that can be wrong with the authentication of a client, so that it tells nothing. */
export const invalidClient = () => new OAuthError('invalid_client', 'The client could not be authenticated');

/** The same for a client that used the Authorization header: it is given the challenge of the scheme (RFC 6749, section 5.2). */
export const challenged = ({ code, description }: OAuthError) =>
  new OAuthError(code, description, 401, { 'www-authenticate': 'Basic realm="payymo"' });

/** @param seconds from now on. */
export const tooManyAttempts = (seconds: number) =>
  new OAuthError('temporarily_unavailable', 'Too many failed attempts: try again later', 429, { 'retry-after': String(seconds) });

/** What the decision depends on cannot be reached: it is not the client's fault, and a moment later all may be well. */
export const undecided = () =>
  new OAuthError('temporarily_unavailable', 'This cannot be decided at the moment: try again', 503, { 'retry-after': RETRY_SECONDS });
