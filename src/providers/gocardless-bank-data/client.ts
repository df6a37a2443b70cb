import type { z } from 'zod';

import { type Clock, systemClock } from '../../platform/clock';
import { expectShape, outbound, type OutboundRequest, type OutboundResponse, type Send } from '../../platform/http/outbound';
import { ProviderError } from '../../platform/http/provider-error';
import { AccessTokens, type Credentials } from './access-tokens';
import { explain, PROVIDER, refusal } from './errors';

export interface ClientOptions extends Credentials {
  /** With the version: `https://bankaccountdata.gocardless.com/api/v2`. */
  readonly baseUrl: string;
  /** The transport; `outbound` where left out. */
  readonly send?: Send;
  readonly clock?: Clock;
  /** Until the last byte of an answer. The provider asks the bank meanwhile, so its slow ones are slow. */
  readonly timeoutMs?: number;
}

interface Call {
  readonly method: OutboundRequest['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: Readonly<Record<string, unknown>>;
  /** Counts against the daily limit of an account. */
  readonly metered?: boolean;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** Calls GoCardless Bank Account Data v2 with an access token that it keeps valid. */
export class BankDataClient {
  private readonly baseUrl: string;
  private readonly send: Send;
  private readonly tokens: AccessTokens;

  constructor({ baseUrl, send, clock = systemClock, timeoutMs = DEFAULT_TIMEOUT_MS, secretId, secretKey }: ClientOptions) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.send = send ?? outbound(PROVIDER, { timeoutMs }, explain);
    this.tokens = new AccessTokens({ secretId, secretKey }, (path, json) => this.unsigned({ method: 'POST', path, json }), clock);
  }

  /** @throws ProviderError of every kind; `malformed` also when the answer does not fit the schema. */
  async call<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    return expectShape(PROVIDER, schema, await this.signed(call));
  }

  /** A token that ends early is replaced once: the call that it failed on cannot have taken effect. */
  private async signed(call: Call): Promise<unknown> {
    const token = await this.tokens.token();
    try {
      return await this.unsigned(call, token);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.providerCode !== 'InvalidToken') throw error;
      this.tokens.forget(token);
      return this.unsigned(call, await this.tokens.token());
    }
  }

  private async unsigned(call: Call, token?: string): Promise<unknown> {
    return accepted(await this.send(this.requestOf(call, token)));
  }

  private requestOf({ method, path, query = {}, json, metered = false }: Call, token: string | undefined): OutboundRequest {
    const url = new URL(this.baseUrl + path);
    url.search = new URLSearchParams(query).toString();
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    if (json === undefined) return { method, url, headers: authorization, metered };
    return { method, url, headers: { ...authorization, 'content-type': 'application/json' }, body: JSON.stringify(json), metered };
  }
}

/**
 * An id as one segment of a path.
 * @throws ProviderError `not_found` for what can be no id: URLs drop empty and dot segments, also encoded ones, and would name something else.
 */
export function segment(id: string): string {
  if (/^\.{0,2}$/.test(id)) throw new ProviderError(PROVIDER, 'not_found', `${JSON.stringify(id)} is not an id`);
  return encodeURIComponent(id);
}

function accepted(response: OutboundResponse): unknown {
  if (response.status >= 400) throw refusal(response);
  return response.body;
}
