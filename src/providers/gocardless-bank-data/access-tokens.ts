import type { Clock } from '../../platform/clock';
import { expectShape } from '../../platform/http/outbound';
import { ProviderError } from '../../platform/http/provider-error';
import { PROVIDER } from './errors';
import { NewTokens, RefreshedToken } from './schema';

export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
}

/** Posts a JSON body without an access token and returns the body of a 2xx. */
export type Post = (path: string, body: Readonly<Record<string, string>>) => Promise<unknown>;

interface Tokens {
  readonly access: string;
  readonly accessUntil: number;
  readonly refresh: string;
  readonly refreshUntil: number;
}

/** A token is renewed so long before it ends, so that it outlives the request that carries it. */
const MARGIN_MS = 5 * 60_000;

/**
 * The access token of one pair of credentials: fetched when first needed, refreshed before it ends, and always by one request at a time,
 * however many callers wait (the provider allows 100 an hour).
 */
export class AccessTokens {
  private current: Tokens | undefined;
  private renewal: Promise<Tokens> | undefined;

  constructor(
    private readonly credentials: Credentials,
    private readonly post: Post,
    private readonly clock: Clock,
  ) {}

  /** @throws ProviderError `unauthorized` (AuthenticationFailed) when the credentials are wrong. */
  async token(): Promise<string> {
    if (this.current && this.lasts(this.current.accessUntil)) return this.current.access;
    this.renewal ??= this.renew().finally(() => (this.renewal = undefined));
    return (await this.renewal).access;
  }

  /** Forgets a token that the provider no longer takes. One that has replaced it meanwhile stays. */
  forget(access: string): void {
    if (this.current?.access === access) this.current = undefined;
  }

  private async renew(): Promise<Tokens> {
    const { current } = this;
    this.current = (current && this.lasts(current.refreshUntil) ? await this.refreshed(current) : undefined) ?? (await this.fresh());
    return this.current;
  }

  private async fresh(): Promise<Tokens> {
    const { secretId, secretKey } = this.credentials;
    const body = await this.postSecretly('/token/new/', { secret_id: secretId, secret_key: secretKey });
    const { access, access_expires, refresh, refresh_expires } = expectShape(PROVIDER, NewTokens, body);
    return { access, accessUntil: this.in(access_expires), refresh, refreshUntil: this.in(refresh_expires) };
  }

  /** Undefined when the provider does not take the refresh token any more. */
  private async refreshed(current: Tokens): Promise<Tokens | undefined> {
    try {
      const body = await this.postSecretly('/token/refresh/', { refresh: current.refresh });
      const { access, access_expires } = expectShape(PROVIDER, RefreshedToken, body);
      return { ...current, access, accessUntil: this.in(access_expires) };
    } catch (error) {
      if (error instanceof ProviderError && error.failure === 'unauthorized') return undefined;
      throw error;
    }
  }

  /** A parser quotes what it cannot read, which here would be a token: the cause of such a failure is dropped. */
  private async postSecretly(path: string, body: Readonly<Record<string, string>>): Promise<unknown> {
    try {
      return await this.post(path, body);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.failure !== 'malformed') throw error;
      throw new ProviderError(PROVIDER, 'malformed', error.message);
    }
  }

  private lasts(until: number): boolean {
    return this.clock.now().getTime() < until - MARGIN_MS;
  }

  private in(seconds: number): number {
    return this.clock.now().getTime() + seconds * 1000;
  }
}
