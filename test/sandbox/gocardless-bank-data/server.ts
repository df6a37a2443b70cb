import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Clock, systemClock } from '../../../src/platform/clock';
import { applyFault, type Fault, Faults } from '../support/faults';
import { StateFile } from '../support/state-file';
import type { Business } from '../world/world';
import { Refused, type Reply } from './reply';
import { Router } from './router';
import { Sandbox, type WireLine, type WireLines } from './sandbox';
import { SandboxState } from './state';

export interface GoCardlessSandboxOptions {
  /** Any free one where left out. */
  readonly port?: number;
  /** 127.0.0.1 where left out. */
  readonly host?: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly businesses: readonly Business[];
  /** Where consents and changed lines survive a restart; nothing survives without it. */
  readonly stateFile?: string;
  readonly clock?: Clock;
  /** Successful requests per account, scope and day; a thousand where left out, while real banks go down to four. */
  readonly requestsPerDay?: number;
}

export interface SandboxRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** 0 while there is no answer, or where a fault gave none. */
  readonly status: number;
}

export interface GoCardlessSandbox {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  /** The base of the API: `{origin}/api/v2`. */
  readonly url: string;
  /** The requests so far, oldest first; the latest ten thousand. */
  readonly requests: readonly SandboxRequest[];
  fail(fault: Fault): void;
  clearFaults(): void;
  /** Books lines on an account. Throws for an account that is not in the world. */
  addLines(accountId: string, lines: readonly WireLine[]): void;
  /** Puts lines in the place of all that the account has. Throws for an account that is not in the world. */
  setLines(accountId: string, lines: WireLines): void;
  close(): Promise<void>;
}

const MAX_REQUESTS = 10_000;

/**
 * Serves GoCardless Bank Account Data v2 (its OpenAPI document 2.0) over the accounts of some businesses, and the pages on which
 * users consent. `POST {origin}/sandbox/accounts/{id}/lines` with a list of lines books them, for any HTTP client.
 */
export async function startGoCardlessSandbox(options: GoCardlessSandboxOptions): Promise<GoCardlessSandbox> {
  const { host = '127.0.0.1', port = 0, clock = systemClock } = options;
  const sandbox = new Sandbox(options.businesses, new StateFile(options.stateFile, SandboxState), clock);
  const handling = new Handling(new Router(sandbox, options));
  const server = createServer((request, response) => void handling.serve(request, response));
  server.listen(port, host);
  await once(server, 'listening');
  const origin = `http://${host === '0.0.0.0' ? 'localhost' : host}:${(server.address() as AddressInfo).port}`;
  handling.origin = origin;

  return {
    origin,
    url: `${origin}/api/v2`,
    requests: handling.requests,
    fail: fault => {
      handling.faults.add(fault);
    },
    clearFaults: () => {
      handling.faults.clear();
    },
    addLines: (accountId, lines) => {
      sandbox.addLines(accountId, lines);
    },
    setLines: (accountId, lines) => {
      sandbox.setLines(accountId, lines);
    },
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

class Handling {
  readonly faults = new Faults();
  readonly requests: { method: string; path: string; status: number }[] = [];
  origin = '';

  constructor(private readonly router: Router) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '/' } = request;
    const entry = { method, path, status: 0 };
    this.requests.push(entry);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
    try {
      const fault = this.faults.take(method, path);
      if (fault && !fault.afterwards && (await applyFault(fault, response))) return;
      const reply = await this.replyTo(request);
      if (fault?.afterwards && (await applyFault(fault, response))) return;
      send(response, reply);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, json: { summary: 'The sandbox itself failed', detail: String(error), status_code: 500 } });
    } finally {
      if (response.headersSent) entry.status = response.statusCode;
    }
  }

  private async replyTo(request: IncomingMessage): Promise<Reply> {
    try {
      return this.router.answer(request, await textOf(request), this.origin);
    } catch (error) {
      if (error instanceof Refused) return error.reply;
      throw error;
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, json, html, headers }: Reply): void {
  const type = html === undefined ? 'application/json' : 'text/html; charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(html ?? (json === undefined ? '' : JSON.stringify(json)));
}
