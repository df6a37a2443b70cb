import type { IncomingMessage } from 'node:http';

import { z } from 'zod';

import { Accounts } from './accounts';
import { Agreements } from './agreements';
import { ConsentPage } from './consent-page';
import { wireInstitution, wireInstitutionDetail } from './institutions';
import { Quota } from './quota';
import { type Asked, created, notFound, ok, refuse, type Reply } from './reply';
import { Requisitions } from './requisitions';
import type { Sandbox } from './sandbox';
import { Tokens } from './tokens';

type Handler = (asked: Asked) => Reply;

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handler: Handler;
}

export interface RouterOptions {
  readonly secretId: string;
  readonly secretKey: string;
  readonly requestsPerDay?: number;
}

const Lines = z.array(z.record(z.string(), z.unknown()));
const DEFAULT_REQUESTS_PER_DAY = 1_000;

/** Which handler answers what. Everything below /api/v2 but the tokens themselves needs an access token. */
export class Router {
  private readonly routes: readonly Route[];

  constructor(
    private readonly sandbox: Sandbox,
    { secretId, secretKey, requestsPerDay = DEFAULT_REQUESTS_PER_DAY }: RouterOptions,
  ) {
    const tokens = new Tokens(secretId, secretKey, sandbox.clock);
    const page = new ConsentPage(sandbox);
    this.routes = [
      route('POST', '/api/v2/token/new/', tokens.issue),
      route('POST', '/api/v2/token/refresh/', tokens.renew),
      ...this.api(new Quota(requestsPerDay, sandbox.clock)).map(other => ({ ...other, handler: signed(tokens, other.handler) })),
      route('GET', '/psd2/start/:id/:id', page.open),
      route('POST', '/psd2/start/:id/:id', page.decide),
      route('POST', '/sandbox/accounts/:id/lines', this.addLines),
    ];
  }

  /** Throws what the handler refuses, and the API's 404 for all that is not there (with the slash at the end). */
  answer(request: IncomingMessage, text: string, origin: string): Reply {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', origin);
    for (const { method, path, handler } of this.routes) {
      const match = path.exec(pathname);
      if (!match || method !== request.method) continue;
      const ids = match.slice(1).map(decoded);
      return handler({ ids, query, body: bodyOf(text, request.headers['content-type'] ?? ''), headers: request.headers, origin });
    }
    throw notFound();
  }

  private api(quota: Quota): Route[] {
    const agreements = new Agreements(this.sandbox);
    const requisitions = new Requisitions(this.sandbox);
    const accounts = new Accounts(this.sandbox, quota);
    return [
      route('GET', '/api/v2/institutions/', this.institutions),
      route('GET', '/api/v2/institutions/:id/', this.institution),
      route('GET', '/api/v2/agreements/enduser/', agreements.list),
      route('POST', '/api/v2/agreements/enduser/', agreements.create),
      route('GET', '/api/v2/agreements/enduser/:id/', agreements.get),
      route('DELETE', '/api/v2/agreements/enduser/:id/', agreements.delete),
      route('GET', '/api/v2/requisitions/', requisitions.list),
      route('POST', '/api/v2/requisitions/', requisitions.create),
      route('GET', '/api/v2/requisitions/:id/', requisitions.get),
      route('DELETE', '/api/v2/requisitions/:id/', requisitions.delete),
      route('GET', '/api/v2/accounts/:id/', accounts.get),
      route('GET', '/api/v2/accounts/:id/details/', accounts.details),
      route('GET', '/api/v2/accounts/:id/balances/', accounts.balances),
      route('GET', '/api/v2/accounts/:id/transactions/', accounts.transactions),
    ];
  }

  private readonly institutions: Handler = ({ query }) => {
    const country = query.get('country')?.toUpperCase();
    if (country !== undefined && !/^[A-Z]{2}$/.test(country)) {
      throw refuse(400, 'Invalid country choice.', `${country} is not a valid choice.`);
    }
    const found = this.sandbox.institutions.filter(({ countries }) => country === undefined || countries.includes(country));
    return ok(found.map(wireInstitution));
  };

  private readonly institution: Handler = ({ ids: [id] }) => {
    const institution = this.sandbox.institutions.find(other => other.id === id);
    if (!institution) throw notFound();
    return ok(wireInstitutionDetail(institution));
  };

  /** The sandbox's own: not a part of the provider's API. */
  private readonly addLines: Handler = ({ ids: [id = ''], body }) => {
    if (!this.sandbox.account(id)) throw notFound();
    const { data: lines } = Lines.safeParse(body['booked']);
    if (!lines) throw refuse(400, 'Lines are missing', 'Send a JSON array of lines, or an object with one in "booked"');
    this.sandbox.addLines(id, lines);
    return created({ added: lines.length });
  };
}

const route = (method: string, path: string, handler: Handler): Route => ({
  method,
  path: new RegExp(`^${path.replaceAll(':id', '([^/]+)')}$`),
  handler,
});

const signed =
  (tokens: Tokens, handler: Handler): Handler =>
  asked => {
    tokens.check(asked);
    return handler(asked);
  };

/** A path segment as it was meant; one that is no valid encoding stays as it is and matches nothing. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An array in place of an object is taken for `{booked: […]}`. */
function bodyOf(text: string, type: string): Asked['body'] {
  if (text === '') return {};
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  const parsed = parsedJson(text);
  if (Array.isArray(parsed)) return { booked: parsed };
  if (typeof parsed === 'object' && parsed !== null) return parsed as Asked['body'];
  throw refuse(400, 'JSON parse error', 'The body is not a JSON object');
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(400, 'JSON parse error', 'The body is not JSON');
  }
}
