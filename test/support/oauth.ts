import type { TestApp, TestTenant } from './app';

export interface FormAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Names and values; as pairs where one comes twice. */
type Parameters = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/** Sends a form to one of the OAuth endpoints. */
export async function postForm(url: string, parameters: Parameters, headers: Readonly<Record<string, string>> = {}): Promise<FormAnswer> {
  const pairs = Symbol.iterator in parameters ? [...parameters] : Object.entries(parameters);
  const body = new URLSearchParams(pairs.map(([name, value]) => [name, value] as [string, string]));
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** As RFC 6749, section 2.3.1, says. */
export const basic = (clientId: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

export interface TestClient {
  /** Also its client_id. */
  readonly id: string;
  readonly secret: string;
}

export interface ClientInput {
  readonly name?: string;
  readonly description?: string;
  readonly scopes?: readonly string[];
  readonly authenticationMethod?: string;
  readonly jwks?: string;
  readonly jwksUrl?: string;
  readonly certificateThumbprints?: readonly string[];
}

const CREATE = 'mutation ($input: CreateApiClientInput!) { createApiClient(input: $input) { clientSecret apiClient { id } } }';

interface Created {
  readonly createApiClient: { readonly clientSecret: string | null; readonly apiClient: { readonly id: string } } | null;
}

/** The owner makes a client that may read matches, unless told otherwise. */
export async function aClient(tenant: TestTenant, input: ClientInput = {}): Promise<TestClient> {
  const { data, errors } = await tenant.as('OWNER')<Created>(CREATE, {
    input: { name: 'Partner', scopes: ['matches:read'], ...input },
  });
  const created = data?.createApiClient;
  if (!created) throw new Error(JSON.stringify(errors));
  return { id: created.apiClient.id, secret: created.clientSecret ?? '' };
}

/** Asks for a token with the client's secret. */
export const tokenOf = (app: Pick<TestApp, 'url'>, { id, secret }: TestClient, parameters: Readonly<Record<string, string>> = {}) =>
  postForm(`${app.url}/oauth/token`, { grant_type: 'client_credentials', ...parameters }, basic(id, secret));

/** The access token of a client that authenticates itself with its secret. */
export async function accessTokenOf(
  app: Pick<TestApp, 'url'>,
  client: TestClient,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, text, body } = await tokenOf(app, client, parameters);
  if (status !== 200 || typeof body['access_token'] !== 'string') throw new Error(text);
  return body['access_token'];
}
