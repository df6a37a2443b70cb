/** What a handler answers; `html` instead of `json` for a page. */
export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as the handlers see it. */
export interface Asked {
  /** What the groups of the route's pattern matched. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed JSON or form; empty where there was no body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly origin: string;
}

/** An answer that ends a handler early, in one of the shapes of `ErrorResponse` in the provider's OpenAPI document. */
export class Refused extends Error {
  constructor(readonly reply: Reply) {
    super(`Refused with ${reply.status}`);
  }
}

export const ok = (json: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({ status: 200, json, headers });
export const created = (json: unknown): Reply => ({ status: 201, json });
export const redirect = (location: string): Reply => ({ status: 302, headers: { location } });

export const refuse = (status: number, summary: string, detail: string, more: Readonly<Record<string, string>> = {}): Refused =>
  new Refused({ status, json: { summary, detail, ...more, status_code: status } });

/** A refusal keyed by the field of the request that it is about. */
export const refuseField = (field: string, summary: string, detail: string, status = 400): Refused =>
  new Refused({ status, json: { [field]: { summary, detail }, status_code: status } });

export const notFound = (): Refused => refuse(404, 'Not found.', 'Not found.');

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

export function requireUuid(id: string): void {
  if (!isUuid(id)) throw refuse(400, 'Invalid ID', `${id} is not a valid UUID.`);
}

/** The API refuses keys that it does not know, and names the fields that it misses. */
export function checkFields(body: Readonly<Record<string, unknown>>, known: readonly string[], required: readonly string[]): void {
  const unknown = Object.keys(body).filter(field => !known.includes(field));
  if (unknown.length > 0) throw refuse(400, 'Unknown fields', `Unknown fields ${unknown.join(', ')} in body`);
  const missing = required.filter(field => body[field] === undefined);
  if (missing.length === 0) return;
  const fields = Object.fromEntries(missing.map(field => [field, ['This field is required.']]));
  throw new Refused({ status: 400, json: { ...fields, status_code: 400 } });
}

/** A page of a list, as the API's two lists are paged. */
export function page(all: readonly unknown[], { query, origin }: Asked, path: string): Reply {
  const limit = Number(query.get('limit') ?? '100');
  const offset = Number(query.get('offset') ?? '0');
  const link = (start: number) => `${origin}${path}?limit=${limit}&offset=${start}`;
  const next = offset + limit < all.length ? link(offset + limit) : null;
  const previous = offset > 0 ? link(Math.max(offset - limit, 0)) : null;
  return ok({ count: all.length, next, previous, results: all.slice(offset, offset + limit) });
}
