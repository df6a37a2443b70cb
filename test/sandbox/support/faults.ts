import type { ServerResponse } from 'node:http';

/** How a sandbox server misbehaves, once it is told to. */
export type Misbehaviour =
  /** Another answer than the true one. An object is sent as JSON, a string as it is. */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** The true answer, late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Announces more bytes than it sends, then closes the connection. */
  | { readonly kind: 'cut' }
  /** 200 with a page of HTML, as from a proxy or a maintenance page. */
  | { readonly kind: 'html' }
  /** Closes the connection without a byte. */
  | { readonly kind: 'reset' };

export type Fault = Misbehaviour & {
  /** HTTP method, any case; every method where left out. */
  readonly method?: string;
  /** Matched against the target that the server passes to `take`: a part of it, or a pattern. */
  readonly path: string | RegExp;
  /** For how many requests; one where left out, `Infinity` until `clear`. */
  readonly times?: number;
  /** Whether the server first carries the request out, so that only the answer is lost. */
  readonly afterwards?: boolean;
};

/** What is left of `times`. */
interface Armed {
  readonly fault: Fault;
  left: number;
}

/**
 * The faults that a sandbox server has been told to show, first armed first shown.
 * On each request a server calls `take(method, target)`; a fault that is not `afterwards` goes to `applyFault`
 * before the work, one that is goes there after it, in place of the true answer.
 */
export class Faults {
  private armed: Armed[] = [];

  add(fault: Fault): void {
    this.armed.push({ fault, left: fault.times ?? 1 });
  }

  /** The fault for this request, which is thereby used up once. `target` is the path with its query, or what the server names instead. */
  take(method: string, target: string): Fault | undefined {
    const hit = this.armed.find(({ fault }) => matches(fault, method, target));
    if (!hit) return undefined;
    hit.left -= 1;
    this.armed = this.armed.filter(({ left }) => left > 0);
    return hit.fault;
  }

  clear(): void {
    this.armed = [];
  }
}

/**
 * Shows a fault on a raw response (`reply.hijack()` first in Fastify).
 * True when the response is thereby over; false after 'slow', when the server goes on with the true answer.
 */
export async function applyFault(fault: Misbehaviour, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'slow':
      await pause(fault.ms, response);
      return response.destroyed;
    case 'reset':
      response.destroy();
      return true;
    case 'cut':
      cutOff(response);
      return true;
    case 'html':
      send(
        response,
        200,
        { 'content-type': 'text/html; charset=utf-8' },
        '<!doctype html><title>Maintenance</title><p>We will be back soon.',
      );
      return true;
    case 'answer':
      send(response, fault.status, { ...contentType(fault.body), ...fault.headers }, textOf(fault.body));
      return true;
  }
}

function matches({ method, path }: Fault, askedMethod: string, target: string): boolean {
  if (method !== undefined && method.toUpperCase() !== askedMethod.toUpperCase()) return false;
  return typeof path === 'string' ? target.includes(path) : target.search(path) >= 0;
}

/** Ends early when the client goes away, so that a server can close at once. */
const pause = (ms: number, response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
  response.write('{"results": [{"id"', () => response.destroy());
}

const contentType = (body: unknown): Record<string, string> =>
  body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json' };

const textOf = (body: unknown): string => (body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, headers);
  response.end(body);
}
