/** A permission such as `matches:approve`: resource, colon, action. */
export type Permission = `${string}:${string}`;

/** Who acts, for which tenant, and what they may. A person or client is named by its user id; a job by its name. */
export interface Principal {
  readonly tenantId: string;
  readonly userId: string | null;
  /** For logs and audit: `user:<uuid>` or `job:<name>`. */
  readonly actor: string;
  readonly scopes: ReadonlySet<string>;
}

/** A job acts for a tenant with no more than it needs: it passes no field-level check, only services that take a principal. */
export const jobPrincipal = (tenantId: string, name: string): Principal => ({
  tenantId,
  userId: null,
  actor: `job:${name}`,
  scopes: new Set(),
});
