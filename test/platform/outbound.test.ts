import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { z } from 'zod';

import { expectShape, outbound, type OutboundRequest, retryAfter } from '../../src/platform/http/outbound';
import { ProviderError } from '../../src/platform/http/provider-error';
import { failureOf } from '../sandbox/support/failure';
import { applyFault, type Misbehaviour } from '../sandbox/support/faults';

type Answer = Misbehaviour | ((request: IncomingMessage, response: ServerResponse) => void);

let server: Server;
let origin: string;
/** What the server does with the next requests; after the last one it answers 200 `{"fine":true}`. */
let answers: Answer[] = [];
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  answers = [];
  asked = [];
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
  const answer = answers.shift();
  if (typeof answer === 'function') {
    answer(request, response);
  } else if (!answer || !(await applyFault(answer, response))) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"fine":true}');
  }
}

const request = (method: OutboundRequest['method'], extra: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method,
  url: new URL('/thing', origin),
  ...extra,
});
const post = () => request('POST', { body: '{}' });
const send = outbound('Acme', { timeoutMs: 2_000, maxBytes: 1_000 });

describe('outbound', () => {
  it('returns status, headers and parsed body, also of a refusal', async () => {
    answers = [{ kind: 'answer', status: 404, body: { detail: 'Not found.' }, headers: { 'x-left': '3' } }];

    const response = await send(request('GET'));

    expect(response).toMatchObject({ status: 404, body: { detail: 'Not found.' } });
    expect(response.headers.get('x-left')).toBe('3');
  });

  it('returns an empty body as undefined', async () => {
    answers = [{ kind: 'answer', status: 204 }];

    expect((await send(request('DELETE'))).body).toBeUndefined();
  });

  it.each<[string, Misbehaviour, 'unavailable' | 'malformed']>([
    ['no answer', { kind: 'reset' }, 'unavailable'],
    ['a 500', { kind: 'answer', status: 500, body: 'Oops' }, 'unavailable'],
    ['an answer that is cut off', { kind: 'cut' }, 'malformed'],
    ['an answer that is not JSON', { kind: 'html' }, 'malformed'],
    ['an answer that is too large', { kind: 'answer', status: 200, body: { fill: 'x'.repeat(2_000) } }, 'malformed'],
  ])('repeats a read after %s, twice at most, and never a write [BNK-003]', async (_what, fault, kind) => {
    answers = [fault, fault];
    expect((await send(request('GET'))).body).toEqual({ fine: true });
    expect(asked).toHaveLength(3);

    answers = [fault, fault, fault];
    expect(await failureOf(send(request('GET')))).toMatchObject({ failure: kind, ambiguous: false });
    expect(asked).toHaveLength(6);

    answers = [fault];
    expect(await failureOf(send(post()))).toMatchObject({ failure: kind, ambiguous: true });
    expect(asked).toHaveLength(7);
  });

  it('never repeats a metered read, which would burn the quota [BNK-003]', async () => {
    answers = [{ kind: 'answer', status: 500 }];

    expect((await failureOf(send(request('GET', { metered: true })))).failure).toBe('unavailable');
    expect(asked).toHaveLength(1);
  });

  it('gives up on a server that is too slow [ENG-006]', async () => {
    answers = [{ kind: 'slow', ms: 5_000 }];

    const error = await failureOf(outbound('Acme', { timeoutMs: 50 })(post()));

    expect(error).toMatchObject({ failure: 'unavailable', ambiguous: true, code: 'PROVIDER_UNAVAILABLE' });
  });

  it('gives up on a body that never ends [ENG-006]', async () => {
    answers = [(_request, response) => response.writeHead(200).write('{"a":')];

    expect((await failureOf(outbound('Acme', { timeoutMs: 50 })(post()))).failure).toBe('malformed');
  });

  it('says "unavailable" where nobody listens', async () => {
    const gone = new URL('http://127.0.0.1:1/');

    expect((await failureOf(send({ method: 'POST', url: gone }))).failure).toBe('unavailable');
  });

  it('refuses a redirect, which could lead into our own network [SEC-022]', async () => {
    const redirect: Misbehaviour = { kind: 'answer', status: 302, headers: { location: '/elsewhere' } };
    answers = [redirect];

    expect((await failureOf(send(post()))).failure).toBe('unavailable');
    expect(asked).toEqual(['POST /thing']);
  });

  it.each<[string, Record<string, string>, number, number]>([
    ['seconds', { 'retry-after': '7' }, 7_000, 7_000],
    ['a date', { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }, 3_590_000, 3_600_000],
    ['nothing', {}, 60_000, 60_000],
    ['more than a day', { 'retry-after': '999999' }, 86_400_000, 86_400_000],
  ])('waits as a 429 says in %s, and does not repeat at once [BNK-003]', async (_form, headers, atLeastMs, atMostMs) => {
    answers = [{ kind: 'answer', status: 429, headers }];

    const error = await failureOf(send(request('GET')));

    expect(error).toMatchObject({ failure: 'rate_limited', status: 429, code: 'RATE_LIMITED', transient: true });
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(error.retryAfterMs).toBeLessThanOrEqual(atMostMs);
    expect(asked).toHaveLength(1);
  });

  it('lets the provider word its 429 and 5xx from their bodies', async () => {
    const worded = outbound('Acme', {}, ({ status, body }) => new ProviderError('Acme', 'rejected', JSON.stringify({ status, body })));
    answers = [{ kind: 'answer', status: 503, body: { why: 'closed' } }];

    expect((await failureOf(worded(post()))).message).toBe('{"status":503,"body":{"why":"closed"}}');
  });

  it('counts the status of a failure whose body is cut off', async () => {
    answers = [
      (_request, response) => {
        response.writeHead(429, { 'content-length': '500', 'retry-after': '3' }).write('{', () => response.destroy());
      },
    ];

    expect(await failureOf(send(post()))).toMatchObject({ failure: 'rate_limited', retryAfterMs: 3_000 });
  });
});

describe('retryAfter', () => {
  it.each([
    ['', undefined],
    ['soon', undefined],
    ['0', 0],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 8_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ])('reads %j as %j ms', (value, ms) => {
    expect(retryAfter(new Headers(value === '' ? {} : { 'retry-after': value }), 2_000)).toBe(ms);
  });
});

describe('expectShape', () => {
  it('names the provider and keeps what is wrong in the cause', async () => {
    const read = () => expectShape('Acme', z.object({ id: z.string() }), { id: 7 });

    const error = await failureOf(Promise.resolve().then(read));

    expect(error).toMatchObject({ failure: 'malformed', message: 'Acme sent an answer of an unknown shape' });
    expect(error.cause).toMatchObject({ message: expect.stringContaining('at id') as string });
  });
});
