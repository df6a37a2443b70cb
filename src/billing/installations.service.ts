import type { Transaction } from 'sequelize';
import { z } from 'zod';

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
  ) {}

  /** Sets or replaces the tenant's billing system; the credentials are sealed. */
  async configure(
    tenantId: string,
    { url, gateway, identifier, secret }: InstallationSettings,
    transaction: Transaction,
  ): Promise<Installation> {
    const existing = await Installation.findOne({ transaction, lock: true });
    const id = existing?.id ?? newId();
    const sealedCredentials = this.seal.seal(JSON.stringify({ identifier, secret }), placeOf(tenantId, id));
    if (existing) return existing.update({ url, gateway, sealedCredentials }, { transaction });
    return Installation.create({ id, system: 'whmcs', url, gateway, sealedCredentials }, { transaction });
  }

  /** @throws NOT_CONFIGURED when the tenant has none. */
  async ofTenant(scope: Scope): Promise<{ installation: Installation; billing: BillingSystem }> {
    const installation = await scope.change(transaction => Installation.findOne({ transaction }));
    if (!installation) throw new PayymoError('NOT_CONFIGURED', 'No billing system is set up: connect WHMCS first');
    const opened = this.seal.open(installation.sealedCredentials, placeOf(installation.tenantId, installation.id));
    const { identifier, secret } = Credentials.parse(JSON.parse(opened));
    return { installation, billing: this.connect({ url: installation.url, gateway: installation.gateway, identifier, secret }) };
  }
}

const placeOf = (tenantId: string, rowId: string): SealedPlace => ({
  tenantId,
  table: 'installations',
  column: 'sealed_credentials',
  rowId,
});
