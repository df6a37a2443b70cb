import { isDeepStrictEqual } from 'node:util';

import type { Transaction } from 'sequelize';
import { z } from 'zod';

import type { Plans } from '../identity/plans/plans.service';
import type { Seal, SealedPlace } from '../platform/crypto/seal';
import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { PayymoError } from '../platform/errors';
import type { BillingSystem } from '../providers/billing-system';
import { Installation } from './installation.model';

const Credentials = z.object({ identifier: z.string(), secret: z.string() });

export interface InstallationSettings extends z.infer<typeof Credentials> {
  readonly url: string;
  readonly gateway: string;
}

/** Makes a client for an installation. */
export type ConnectBilling = (settings: InstallationSettings) => BillingSystem;

/** Knows each tenant's billing system. */
export class Installations {
  constructor(
    private readonly seal: Seal,
    private readonly connect: ConnectBilling,
    private readonly plans: Plans,
  ) {}

  /**
   * Sets or replaces the tenant's billing system, inside a change of the scope; the credentials are sealed.
   * @throws PLAN_LIMIT_REACHED for a host that is in none of the plan's domains.
   */
  async configure(
    scope: Scope,
    { url, gateway, identifier, secret }: InstallationSettings,
    transaction: Transaction,
  ): Promise<Installation> {
    await this.plans.requireDomain(transaction, url);
    const existing = await Installation.findOne({ transaction, lock: true });
    const id = existing?.id ?? newId();
    this.#recordSettings(scope, transaction, id, existing, { url, gateway, identifier, secret });
    const sealedCredentials = this.seal.seal(JSON.stringify({ identifier, secret }), placeOf(scope.actor.tenantId, id));
    if (existing) return existing.update({ url, gateway, sealedCredentials }, { transaction });
    return Installation.create({ id, system: 'whmcs', url, gateway, sealedCredentials }, { transaction });
  }

  /** @throws NOT_CONFIGURED when the tenant has none. */
  async ofTenant(scope: Scope): Promise<{ installation: Installation; billing: BillingSystem }> {
    const installation = await scope.change(transaction => Installation.findOne({ transaction }));
    if (!installation) throw new PayymoError('NOT_CONFIGURED', 'No billing system is set up: connect WHMCS first');
    const { identifier, secret } = this.#credentials(installation);
    return { installation, billing: this.connect({ url: installation.url, gateway: installation.gateway, identifier, secret }) };
  }

  #credentials({ sealedCredentials, tenantId, id }: Installation): z.infer<typeof Credentials> {
    return Credentials.parse(JSON.parse(this.seal.open(sealedCredentials, placeOf(tenantId, id))));
  }

  /** Nothing is recorded when everything stays; of credentials only that they changed. */
  #recordSettings(
    scope: Scope,
    transaction: Transaction,
    id: string,
    before: Installation | null,
    { url, gateway, ...credentials }: InstallationSettings,
  ): void {
    const credentialsChanged = before !== null && !this.#holds(before, credentials);
    if (before?.url === url && before.gateway === gateway && !credentialsChanged) return;
    scope.record(transaction, {
      action: 'installation.configured',
      object: { type: 'Installation', id },
      ...(before && { before: { url: addressOf(before.url), gateway: before.gateway } }),
      after: { url: addressOf(url), gateway, ...(before && { credentialsChanged }) },
    });
  }

  /** Credentials that no longer open are not the given ones. */
  #holds(installation: Installation, credentials: z.infer<typeof Credentials>): boolean {
    try {
      return isDeepStrictEqual(this.#credentials(installation), credentials);
    } catch {
      return false;
    }
  }
}

/** A URL without what may be secret in it: user, password and query. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

const placeOf = (tenantId: string, rowId: string): SealedPlace => ({
  tenantId,
  table: 'installations',
  column: 'sealed_credentials',
  rowId,
});
