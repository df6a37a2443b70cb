import { badInput } from '../../platform/errors';
import { parseStrictJson } from '../tokens/strict-json';
import type { ClientAuthenticationMethod } from './api-client.model';
import { clientKeys, type ClientKeySet, UnfitKeySet } from './client-keys';
import { isMachinePermission, type MachinePermission } from './machine-permissions';
import { isFetchable, type PublicJsonOptions } from './public-json';

/** What a client proves itself with; which of them is set follows from its method. */
export interface ClientCredentials {
  readonly jwks: ClientKeySet | null;
  readonly jwksUrl: string | null;
  readonly certificateThumbprints: readonly string[];
}

export interface CredentialsInput {
  readonly jwks?: string;
  readonly jwksUrl?: string;
  readonly certificateThumbprints?: readonly string[];
}

const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 500;
const MAX_JWKS_LENGTH = 16_384;
const MAX_URL_LENGTH = 500;
const MAX_CERTIFICATES = 2;
/** SHA-256 in base64url: 43 characters, of which the last has two bits to spare. */
const THUMBPRINT = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** @throws BAD_USER_INPUT */
export function clientName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > MAX_NAME_LENGTH || !PRINTABLE.test(trimmed)) {
    throw badInput('name', `A name has 1 to ${MAX_NAME_LENGTH} characters`);
  }
  return trimmed;
}

/** @throws BAD_USER_INPUT */
export function clientDescription(description: string): string {
  const trimmed = description.trim();
  if (trimmed.length > MAX_DESCRIPTION_LENGTH || trimmed.includes('\0')) {
    throw badInput('description', `A description has at most ${MAX_DESCRIPTION_LENGTH} characters`);
  }
  return trimmed;
}

/**
 * The scopes of a client, each once, in order. Whether the actor may give them is decided in the change.
 * @throws BAD_USER_INPUT for none, and for what no machine may hold.
 * @requirement SEC-010
 */
export function clientScopes(scopes: readonly string[]): MachinePermission[] {
  if (scopes.length === 0) throw badInput('scopes', 'A client needs a scope');
  const wanted = [...new Set(scopes)].sort();
  const fitting = wanted.filter(isMachinePermission);
  if (fitting.length < wanted.length) throw badInput('scopes', 'One of the scopes is unknown, or none that a machine may hold');
  return fitting;
}

/** @throws BAD_USER_INPUT for credentials of another method, for malformed ones, and when those that the method needs are not there. */
export async function clientCredentials(
  method: ClientAuthenticationMethod,
  input: CredentialsInput,
  options: PublicJsonOptions,
): Promise<ClientCredentials> {
  refuseForeign(method, input);
  if (method === 'PRIVATE_KEY_JWT') return { ...(await keys(input, options)), certificateThumbprints: [] };
  const certificateThumbprints = method === 'SELF_SIGNED_TLS_CLIENT_AUTH' ? thumbprints(input.certificateThumbprints ?? []) : [];
  return { jwks: null, jwksUrl: null, certificateThumbprints };
}

/** The members of the input that each method has a use for. */
const USED_BY: Readonly<Record<ClientAuthenticationMethod, readonly string[]>> = {
  CLIENT_SECRET: [],
  PRIVATE_KEY_JWT: ['jwks', 'jwksUrl'],
  SELF_SIGNED_TLS_CLIENT_AUTH: ['certificateThumbprints'],
};

function refuseForeign(method: ClientAuthenticationMethod, { jwks, jwksUrl, certificateThumbprints }: CredentialsInput): void {
  for (const [field, value] of Object.entries({ jwks, jwksUrl, certificateThumbprints })) {
    if (value !== undefined && !USED_BY[method].includes(field)) throw badInput(field, `A client with ${method} has no ${field}`);
  }
}

async function keys({ jwks, jwksUrl }: CredentialsInput, options: PublicJsonOptions): Promise<Pick<ClientCredentials, 'jwks' | 'jwksUrl'>> {
  if ((jwks === undefined) === (jwksUrl === undefined)) throw badInput('jwks', 'Give either jwks or jwksUrl');
  return jwks === undefined ? { jwks: null, jwksUrl: publicUrl(jwksUrl ?? '', options) } : { jwks: await keySet(jwks), jwksUrl: null };
}

async function keySet(text: string): Promise<ClientKeySet> {
  if (text.length > MAX_JWKS_LENGTH) throw badInput('jwks', `A key set has at most ${MAX_JWKS_LENGTH} characters`);
  try {
    return await clientKeys(parseStrictJson(text));
  } catch (error) {
    throw badInput('jwks', error instanceof UnfitKeySet ? error.message : 'This is no JSON that can be read in one way only');
  }
}

function publicUrl(text: string, options: PublicJsonOptions): string {
  if (text.length <= MAX_URL_LENGTH && URL.canParse(text) && isFetchable(new URL(text), options)) return new URL(text).href;
  throw badInput('jwksUrl', 'This must be an https URL on a public host, without credentials and fragment');
}

function thumbprints(given: readonly string[]): string[] {
  const distinct = [...new Set(given)];
  if (distinct.length === 0 || distinct.length > MAX_CERTIFICATES || !distinct.every(thumbprint => THUMBPRINT.test(thumbprint))) {
    throw badInput('certificateThumbprints', 'Give one or two SHA-256 thumbprints of certificates, in base64url without padding');
  }
  return distinct;
}
