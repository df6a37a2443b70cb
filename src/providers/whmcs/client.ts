import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { z } from 'zod';

import { expectShape, type OutboundResponse, type Send } from '../../platform/http/outbound';
import { ProviderError } from '../../platform/http/provider-error';
import { inContext, malformed, PROVIDER, refusal } from './errors';
import { Done, Failure } from './schema';

export interface WhmcsCredentials {
  /** The root of the installation, such as `https://billing.example.com/whmcs`. */
  readonly url: string;
  readonly identifier: string;
  readonly secret: string;
}

type Parameters = Readonly<Record<string, string>>;

const isPassing = (error: Error) => error instanceof ProviderError && (error.failure === 'unavailable' || error.failure === 'malformed');
const QUICK_RETRIES = { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2_000 }) };

/**
 * Calls the API of one WHMCS installation. Every call is a POST, also the reads, so the transport repeats none of them:
 * reads are repeated here, at most twice, and writes never are.
 */
export class WhmcsClient {
  private readonly endpoint: URL;
  private readonly retries = retry(handleWhen(isPassing), QUICK_RETRIES);

  constructor(
    private readonly credentials: WhmcsCredentials,
    private readonly send: Send,
  ) {
    this.endpoint = new URL('includes/api.php', `${credentials.url.replace(/\/+$/, '')}/`);
  }

  /** @throws ProviderError, never `ambiguous`. */
  read<T>(schema: z.ZodType<T>, action: string, parameters: Parameters): Promise<T> {
    return this.retries.execute(() => this.call(schema, action, parameters, false));
  }

  /** @throws ProviderError, `ambiguous` when no proper answer came: WHMCS may have done it all the same. */
  async write(action: string, parameters: Parameters): Promise<void> {
    await this.call(Done, action, parameters, true);
  }

  private async call<T>(schema: z.ZodType<T>, action: string, parameters: Parameters, writes: boolean): Promise<T> {
    try {
      const response = await this.send({ method: 'POST', url: this.endpoint, body: this.form(action, parameters) });
      return expectShape(PROVIDER, schema, accepted(response));
    } catch (error) {
      throw error instanceof ProviderError ? inContext(error, { writes, hide: text => this.hide(text) }) : error;
    }
  }

  private form(action: string, parameters: Parameters): URLSearchParams {
    const { identifier, secret } = this.credentials;
    return new URLSearchParams({ ...parameters, identifier, secret, action, responsetype: 'json' });
  }

  private hide(text: string): string {
    const { identifier, secret } = this.credentials;
    return [secret, identifier].filter(value => value !== '').reduce((hidden, value) => hidden.replaceAll(value, '[hidden]'), text);
  }
}

/** The body of an answer in which WHMCS agrees. */
function accepted({ status, body }: OutboundResponse): unknown {
  const failure = Failure.safeParse(body);
  if (failure.success) throw refusal(failure.data.message, status);
  if (status >= 400) throw malformed(`answered ${status} without saying why`, { status });
  return body;
}
