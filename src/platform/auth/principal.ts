/** A permission such as `matches:approve`: resource, colon, action. */
export type Permission = `${string}:${string}`;

/** How somebody proved who they are, as RFC 8176 names it: password, one-time password, hardware-secured key, several factors. */
export type AuthenticationMethod = 'pwd' | 'otp' | 'hwk' | 'mfa';

/** Who acts, for which tenant, and what they may: a person, a partner's client, or a job. */
export interface Principal {
  readonly tenantId: string;
  /** Null for a client and for a job. */
  readonly userId: string | null;
  /** The API client that acts; null for a person and for a job. */
  readonly clientId: string | null;
  /** The session that the access token belongs to; null for a client without a session and for a job. */
  readonly sessionId: string | null;
  /** For logs and audit: `user:<uuid>`, `client:<uuid>`, `job:<name>` or `external:<issuer>:<sub>`. */
  readonly actor: string;
  readonly scopes: ReadonlySet<string>;
  /** When a person last proved who they are (auth_time, OpenID Connect Core, section 2), in UTC; null for machines. */
  readonly authenticatedAt: Date | null;
  /** How they did (amr). */
  readonly methods: readonly AuthenticationMethod[];
}

/** Whether the principal holds the permission. Only a plain yes counts. */
export const holds = ({ scopes }: Pick<Principal, 'scopes'>, permission: string): boolean => Object.is(scopes.has(permission), true);

const MACHINE = { userId: null, clientId: null, sessionId: null, authenticatedAt: null, methods: [] };

/** A job acts for a tenant with no more than it needs: it passes no field-level check, only services that take a principal. */
export const jobPrincipal = (tenantId: string, name: string, scopes: readonly Permission[] = []): Principal => ({
  ...MACHINE,
  tenantId,
  actor: `job:${name}`,
  scopes: new Set(scopes),
});
