import type { TrustedIssuer as TrustedIssuerConfig } from '../../config/config';
import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { StartupError } from '../../platform/process/startup-error';
import { RemoteKeys } from './remote-keys';
import { TrustedIssuer } from './trusted-issuer';

export interface TrustedIssuersParts {
  readonly database: Pick<Database, 'callUntenanted'>;
  readonly clock: Clock;
  /** Ours, which is none of them. */
  readonly ownIssuer: string;
  readonly production: boolean;
}

/** The issuers beside ourselves whose tokens are accepted, by their `iss`. */
export class TrustedIssuers {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>;

  /** @throws StartupError for an issuer that is not reached by https (loopback outside of production), stands there twice, or is ourselves. */
  constructor(configs: readonly TrustedIssuerConfig[], { database, clock, ownIssuer, production }: TrustedIssuersParts) {
    requireDistinct([ownIssuer, ...configs.map(({ issuer }) => issuer)]);
    for (const url of configs.flatMap(({ issuer, jwksUrl }) => [issuer, jwksUrl])) requireSafe(url, production);
    const tenantBySlug = (slug: string) => tenantOf(database, slug);
    this.#issuers = new Map(
      configs.map(config => [
        config.issuer,
        new TrustedIssuer(config, { keys: new RemoteKeys(new URL(config.jwksUrl), clock), clock, tenantBySlug }),
      ]),
    );
  }

  find(issuer: unknown): TrustedIssuer | undefined {
    return typeof issuer === 'string' ? this.#issuers.get(issuer) : undefined;
  }
}

async function tenantOf(database: TrustedIssuersParts['database'], slug: string): Promise<string | undefined> {
  const [row] = await database.callUntenanted<{ id: string | null }>('select payymo.tenant_by_slug($1) as id', [slug]);
  return row?.id ?? undefined;
}

function requireDistinct(issuers: readonly string[]): void {
  if (new Set(issuers).size < issuers.length)
    throw new StartupError('PAYYMO_TRUSTED_ISSUERS: an issuer stands there twice, or is Payymo itself');
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function requireSafe(text: string, production: boolean): void {
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:' || (!production && LOOPBACK.has(hostname))) return;
  throw new StartupError(`PAYYMO_TRUSTED_ISSUERS: ${text} must be an https URL`);
}
