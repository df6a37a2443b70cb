import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { type Clock, systemClock } from '../../../src/platform/clock';
import { applyFault } from '../support/faults';
import { StateFile } from '../support/state-file';
import type { Business, SandboxInvoice } from '../world/world';
import { perform } from './actions';
import { type Answer, written } from './answer';
import { type WhmcsFault, WhmcsFaults } from './faults';
import { Installation, type LiveInvoice } from './installation';
import { type InstallationState, type SandboxPayment, SandboxState } from './state';

export interface WhmcsSandboxOptions {
  /** Any free one where left out. */
  readonly port?: number;
  /** 127.0.0.1 where left out. */
  readonly host?: string;
  readonly businesses: readonly Business[];
  /** Where payments, statuses and added invoices survive a restart; nothing survives without it. */
  readonly stateFile?: string;
  readonly clock?: Clock;
}

/** A call of the API, without its credentials. */
export interface WhmcsCall {
  readonly slug: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface WhmcsSandbox {
  /** `http://127.0.0.1:4711`; the payments of a business are at `/sandbox/{slug}/payments` for any HTTP client. */
  readonly origin: string;
  /** The calls so far, oldest first, also those that a fault spoilt; the latest ten thousand. */
  readonly requests: readonly WhmcsCall[];
  /** The root of a business's installation: its API is below it, at `includes/api.php`. */
  url(slug: string): string;
  fail(fault: WhmcsFault): void;
  clearFaults(): void;
  payments(slug: string, invoiceId?: string): readonly SandboxPayment[];
  /** Throws where there is none. */
  invoice(slug: string, id: string): LiveInvoice;
  addInvoice(slug: string, invoice: SandboxInvoice): void;
  cancelInvoice(slug: string, id: string): void;
  /** Ends at once, as a killed server does: effects that are still delayed never happen. */
  close(): Promise<void>;
}

const MAX_REQUESTS = 10_000;
const NOT_RECORDED: ReadonlySet<string> = new Set(['identifier', 'secret', 'action']);

/** Serves a WHMCS for each business, at `/{slug}/includes/api.php`, as developers.whmcs.com describes its API. */
export async function startWhmcsSandbox(options: WhmcsSandboxOptions): Promise<WhmcsSandbox> {
  const host = options.host ?? '127.0.0.1';
  const sandbox = new Sandbox(options);
  const server = createServer((request, response) => void sandbox.serve(request, response));
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    requests: sandbox.requests,
    url: slug => `${origin}/${sandbox.installation(slug).business.slug}`,
    fail: fault => {
      sandbox.faults.add(fault);
    },
    clearFaults: () => {
      sandbox.faults.clear();
    },
    payments: (slug, invoiceId) => paymentsOf(sandbox.installation(slug), invoiceId),
    invoice: (slug, id) => existing(sandbox.installation(slug).invoice(id), `invoice ${id}`),
    addInvoice: (slug, invoice) => {
      sandbox.installation(slug).addInvoice(invoice);
    },
    cancelInvoice: (slug, id) => {
      sandbox.installation(slug).cancelInvoice(id);
    },
    close: async () => {
      sandbox.closing.abort();
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

class Sandbox {
  readonly faults = new WhmcsFaults();
  readonly closing = new AbortController();
  readonly requests: WhmcsCall[] = [];
  private readonly installations: ReadonlyMap<string, Installation>;

  constructor({ businesses, stateFile, clock = systemClock }: WhmcsSandboxOptions) {
    const file = new StateFile(stateFile, SandboxState);
    const state = kept(stateFile) ? file.read({}) : {};
    const save = () => {
      file.write(state);
    };
    const stateOf = (slug: string): InstallationState => (state[slug] ??= { payments: [], statuses: {}, added: [] });
    this.installations = new Map(
      businesses.map(business => [business.slug, new Installation(business, stateOf(business.slug), clock, save)]),
    );
  }

  installation(slug: string): Installation {
    return existing(this.installations.get(slug), `business ${slug}`);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch {
      response.destroy();
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://sandbox');
    const [, first = '', second = '', third] = pathname.split('/');
    const isList = request.method === 'GET' && first === 'sandbox' && third === 'payments';
    const installation = this.installations.get(isList ? second : first);
    if (!installation) send(response, 404, 'text/html', '<h1>404 Not Found</h1>');
    else if (isList) send(response, 200, 'application/json', JSON.stringify({ payments: installation.payments }));
    else if (`${second}/${third ?? ''}` === 'includes/api.php') await this.call(installation, request, response);
    else send(response, 404, 'text/html', '<h1>404 Not Found</h1>');
  }

  private async call(installation: Installation, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await textOf(request));
    const { slug, action } = this.record(installation, form);
    const delayMs = this.faults.takeDelay(slug, action);
    if (delayMs > 0) await wait(delayMs, undefined, { signal: this.closing.signal });
    const fault = this.faults.take(slug, action);
    if (fault && !fault.afterwards && (await applyFault(fault, response))) return;
    const answer = perform(installation, form);
    if (fault?.afterwards && (await applyFault(fault, response))) return;
    sendAnswer(response, answer, form.get('responsetype'));
  }

  private record({ business: { slug } }: Installation, form: URLSearchParams): WhmcsCall {
    const parameters = Object.fromEntries([...form].filter(([name]) => !NOT_RECORDED.has(name)));
    const call = { slug, action: form.get('action') ?? '', parameters };
    this.requests.push(call);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
    return call;
  }
}

/** Looked for here, as what a missing file throws is no `Error` of the realm that jest runs its tests in. */
const kept = (path: string | undefined): path is string => path !== undefined && existsSync(path);

const paymentsOf = ({ payments }: Installation, invoiceId: string | undefined): readonly SandboxPayment[] =>
  payments.filter(({ invoiceid }) => invoiceId === undefined || invoiceid === invoiceId);

function existing<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new Error(`The sandbox has no ${name}`);
  return thing;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

function sendAnswer(response: ServerResponse, answer: Answer, responseType: string | null): void {
  const { contentType, text } = written(answer, responseType);
  send(response, answer.status, contentType, text);
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(text);
}
