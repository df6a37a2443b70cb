/** An answer of the API before it is written out; `body` always has `result`. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export const success = (fields: Readonly<Record<string, unknown>> = {}): Answer => ({
  status: 200,
  body: { result: 'success', ...fields },
});

/** WHMCS refuses within an answer of 200, unless it is about access (403) or the call as such (400). */
export const failure = (message: string, status = 200): Answer => ({ status, body: { result: 'error', message } });

/** `{ [key]: items }`, or what WHMCS sends for an empty list. */
export const listed = (key: string, items: readonly unknown[]): unknown => (items.length === 0 ? '' : { [key]: items });

/** JSON only for `responsetype=json`: without it WHMCS answers in its oldest format, `result=success;totalresults=1;…`. */
export function written({ body }: Answer, responseType: string | null): { readonly contentType: string; readonly text: string } {
  if (responseType === 'json') return { contentType: 'application/json', text: JSON.stringify(body) };
  return { contentType: 'text/plain; charset=utf-8', text: flat('', body).join('') };
}

function flat(name: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${name}=${String(value)};`];
  return Object.entries(value).flatMap(([key, inner]) => flat(name === '' ? key : `${name}[${key}]`, inner));
}
