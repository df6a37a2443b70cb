import type { FastifyRequest } from 'fastify';

import { FIRST_PARTY_CLIENT } from '../tokens/access-claims';
import { invalidClient, invalidRequest } from './oauth-error';
import type { OAuthForm } from './oauth-form';

/** RFC 7523, section 2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What a client shows to prove who it is, by the names of the methods (IANA: OAuth Token Endpoint Authentication Methods). */
export type PresentedCredentials =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly clientId: string; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly clientId: string | undefined; readonly assertion: string }
  | { readonly method: 'self_signed_tls_client_auth'; readonly clientId: string }
  | { readonly method: 'none'; readonly clientId: string | undefined };

/**
 * Reads them from a request; nothing is verified yet.
 * @throws OAuthError invalid_request for more than one method (RFC 6749, section 2.3) and for half of one; invalid_client for an
 *         Authorization header that is no Basic one.
 */
export function presentedCredentials({ raw, caller }: Pick<FastifyRequest, 'raw' | 'caller'>, form: OAuthForm): PresentedCredentials {
  const { authorization } = raw.headersDistinct;
  const methods = [authorization?.[0], form.get('client_secret'), form.get('client_assertion')].filter(value => value !== undefined);
  if (methods.length > 1 || (authorization && authorization.length > 1)) throw invalidRequest('Use one way to authenticate the client');
  const clientId = form.get('client_id');
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
  if ((assertion === undefined) !== (form.get('client_assertion_type') === undefined)) {
    throw invalidRequest('client_assertion and client_assertion_type go together');
  }
  if (authorization) return basic(authorization.join(), clientId);
  if (assertion !== undefined) return { method: 'private_key_jwt', clientId, assertion: ofKnownType(form, assertion) };
  if (secret !== undefined && clientId === undefined) throw invalidRequest('The parameter client_id is missing');
  if (clientId === undefined || (secret === undefined && clientId === FIRST_PARTY_CLIENT)) return { method: 'none', clientId };
  if (secret !== undefined) return { method: 'client_secret_post', clientId, secret };
  return { method: caller.certificate === null ? 'none' : 'self_signed_tls_client_auth', clientId };
}

function ofKnownType(form: OAuthForm, assertion: string): string {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) throw invalidRequest('The client_assertion_type is not known');
  return assertion;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

function basic(header: string, clientIdInBody: string | undefined): PresentedCredentials {
  const [, encoded] = BASIC.exec(header) ?? [];
  if (encoded === undefined) throw invalidClient();
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidClient();
  const clientId = formDecoded(text.slice(0, colon));
  if (clientIdInBody !== undefined && clientIdInBody !== clientId) throw invalidRequest('Two clients are named');
  return { method: 'client_secret_basic', clientId, secret: formDecoded(text.slice(colon + 1)) };
}

/** Both parts are form-encoded before they are put together (RFC 6749, section 2.3.1). */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient();
  }
}
