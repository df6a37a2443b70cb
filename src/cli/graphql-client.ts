import { StartupError } from '../platform/process/startup-error';

export interface GraphQLRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Sends an operation as any client would. @throws StartupError when nobody answers, or with the first error of the answer. */
export async function post<Data>(url: string, { query, variables = {}, token }: GraphQLRequest): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  }).catch((cause: unknown) => {
    throw new StartupError(`Nobody answers at ${url}: start the demo with npm start`, { cause });
  });
  const { data, errors } = (await response.json()) as Answer<Data>;
  const [error] = errors ?? [];
  if (error || !data) throw new StartupError(`${error?.extensions?.code ?? response.status}: ${error?.message ?? 'no data'}`);
  return data;
}
