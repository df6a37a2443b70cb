import { StartupError } from '../platform/process/startup-error';

export interface GraphQLRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

export interface GraphQLAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const TIMEOUT_MS = 15_000;

/** Sends an operation as any client would, for its data. @throws StartupError when nobody answers, or with the first error of the answer. */
export async function post<Data>(url: string, request: GraphQLRequest): Promise<Data> {
  const { data, errors } = await send<Data>(url, request);
  const [error] = errors ?? [];
  if (error || !data) throw new StartupError(`${error?.extensions?.code ?? 'No answer'}: ${error?.message ?? `${url} gave no data`}`);
  return data;
}

/** Sends an operation, for its data and its errors. @throws StartupError when nobody answers in 15 s, or not in GraphQL. */
export async function send<Data>(url: string, { query, variables = {}, token }: GraphQLRequest): Promise<GraphQLAnswer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new StartupError(`Nobody answers at ${url}: start the demo with npm start`, { cause });
  });
  return response.json().catch((cause: unknown) => {
    throw new StartupError(`${url} answered ${response.status}, but not in GraphQL: is it another program?`, { cause });
  }) as Promise<GraphQLAnswer<Data>>;
}
