import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { TrustedIssuer as TrustedIssuerConfig } from '../../config/config';
import type { Clock } from '../../platform/clock';
import { permissionsOf } from '../roles/permissions';
import { ConfirmationClaim } from './access-claims';
import type { RemoteKeys } from './remote-keys';
import { InvalidJws, type StrictJws } from './strict-jws';
import { requireCurrent } from './token-times';
import { verifySignature } from './verification-key';
import type { Confirmation, VerifiedToken } from './verified-token';

const MAX_LIFETIME_SECONDS = 3_600;
/** RFC 9068, and what issuers from before it write. An ID token is kept out by its audience, which is the client's own id. */
const TYPES: readonly unknown[] = ['at+jwt', 'application/at+jwt', 'JWT'];
/** Of an actor, as it is written to logs and audit. */
const MAX_ACTOR_LENGTH = 256;

/**
 * The roles that another issuer can give. Not OWNER: who owns a tenant is decided within Payymo, where there must always be an owner
 * left; an outside directory, or somebody who took it over, cannot make itself one.
 */
const GRANTABLE_ROLES = ['ADMIN', 'ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const;

const seconds = z.int().positive();
const Claims = z.looseObject({
  iss: z.string(),
  /** Alone: whoever else a token is for could use it here (RFC 8725, section 3.9). */
  aud: z.union([z.string(), z.tuple([z.string()]).transform(([audience]) => audience)]),
  /** OpenID Connect Core, section 2: at most 255 ASCII characters. */
  sub: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  iat: seconds,
  nbf: seconds.optional(),
  exp: seconds,
  jti: z.string().min(1).max(256).optional(),
  cnf: ConfirmationClaim.optional(),
}); // prettier-ignore
const Slug = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/);
const GrantableRole = z.enum(GRANTABLE_ROLES);

export interface TrustedIssuerParts {
  readonly keys: Pick<RemoteKeys, 'find'>;
  readonly clock: Clock;
  /** Undefined for a tenant that does not exist or was closed. */
  readonly tenantBySlug: (slug: string) => Promise<string | undefined>;
}

/**
 * Another issuer whose access tokens are accepted, such as a company's OpenID provider. It names the tenant and the role; what the role
 * permits is ours. Its people have no user, no session and no second factor here, so that nothing that needs one is open to them.
 * @requirement SEC-007, SEC-011
 */
export class TrustedIssuer {
  readonly #actorPrefix: string;

  constructor(
    private readonly config: TrustedIssuerConfig,
    private readonly parts: TrustedIssuerParts,
  ) {
    this.#actorPrefix = actorPrefixOf(config.issuer);
  }

  /** @throws InvalidJws for a token that is not valid here; UNAVAILABLE when that cannot be found out. */
  async verifyJws(jws: StrictJws): Promise<VerifiedToken> {
    const { kid, typ } = jws.header;
    if (typeof kid !== 'string' || !TYPES.includes(typ)) throw new InvalidJws('Not an access token');
    const claims = this.#claimsOf(jws);
    const key = await this.parts.keys.find(kid);
    if (!key) throw new InvalidJws('Not a key of the issuer');
    await verifySignature(jws, key);
    return this.#verified(jws, claims, await this.#tenantOf(jws));
  }

  #claimsOf({ claims }: StrictJws): z.infer<typeof Claims> {
    const { data } = Claims.safeParse(claims);
    if (data?.iss !== this.config.issuer || data.aud !== this.config.audience) throw new InvalidJws('Not the claims of such a token');
    requireCurrent(data, this.parts.clock.now(), MAX_LIFETIME_SECONDS);
    return data;
  }

  async #tenantOf({ claims }: StrictJws): Promise<string> {
    const { data: slug } = Slug.safeParse(claims[this.config.tenantClaim]);
    const tenantId = slug !== undefined && this.#mayName(slug) ? await this.parts.tenantBySlug(slug) : undefined;
    if (tenantId === undefined) throw new InvalidJws('No tenant');
    return tenantId;
  }

  #mayName(slug: string): boolean {
    return this.config.tenants?.includes(slug) ?? true;
  }

  #verified({ claims, token }: StrictJws, { sub, jti, cnf, iat, nbf, exp }: z.infer<typeof Claims>, tenantId: string): VerifiedToken {
    const { data: role } = GrantableRole.safeParse(claims[this.config.roleClaim]);
    const actor = `${this.#actorPrefix}:${sub}`;
    if (role === undefined || actor.length > MAX_ACTOR_LENGTH) throw new InvalidJws('No role, or no name');
    return Object.freeze({
      jti: jti ?? createHash('sha256').update(token).digest('base64url'),
      tenantId,
      ...{ userId: null, clientId: null, sessionId: null, sessionVersion: null },
      actor,
      scopes: new Set(permissionsOf[role]),
      authenticatedAt: null,
      methods: [],
      confirmation: (cnf as Confirmation | undefined) ?? null,
      times: { iat, nbf, exp },
    });
  }
}

const DIGEST_LENGTH = 12;

/**
 * Names the issuer in the actors of its people: the host for those who read it, and a digest of the whole name, since several issuers can
 * share a host and each numbers its people by itself.
 */
function actorPrefixOf(issuer: string): string {
  const digest = createHash('sha256').update(issuer).digest('hex').slice(0, DIGEST_LENGTH);
  return `external:${new URL(issuer).host}/${digest}`;
}
