import { createHash, randomBytes } from 'node:crypto';

import type { Transaction } from 'sequelize';

import { tenantIds } from '../identity/ids';
import type { Plans } from '../identity/plans/plans.service';
import type { Facts } from '../platform/audit/audit';
import type { Clock } from '../platform/clock';
import { MINUTE_MS } from '../platform/clock';
import { newId } from '../platform/database/ids';
import type { Scope } from '../platform/database/scope';
import { badInput, conflict, notFound, PayymoError } from '../platform/errors';
import { ProviderError } from '../platform/http/provider-error';
import type { BankInstitution, BankProvider, Consent } from '../providers/bank-provider';
import { Account } from './account.model';
import { ConnectionAuthorization } from './connection-authorization.model';
import { Connection } from './connection.model';
import { connectionIds } from './ids';
import type { SyncRun } from './sync-run.model';
import type { Synchronisation } from './synchronisation.service';

/** How long the user may take at the bank. */
const CONSENT_MINUTES = 30;

export interface StartedConnection {
  readonly connection: Connection;
  readonly consentUrl: string;
  readonly reference: string;
  readonly expiresAt: Date;
}

export interface CompletedConnection {
  readonly connection: Connection;
  readonly syncRun: SyncRun;
}

/**
 * Connects tenants with their banks.
 * @requirement BNK-001, SEC-012
 */
export class Connections {
  constructor(
    private readonly provider: BankProvider,
    private readonly synchronisation: Synchronisation,
    private readonly plans: Plans,
    private readonly redirects: { readonly callbackUrl: string; readonly allowedOrigins: readonly string[] },
    private readonly clock: Clock,
  ) {}

  /** @throws BAD_USER_INPUT for a country that is not two letters; what the provider answers. */
  institutions(country: string): Promise<readonly BankInstitution[]> {
    if (!/^[a-z]{2}$/i.test(country)) throw badInput('country', 'A country is an ISO 3166-1 alpha-2 code, such as DE');
    return this.provider.institutions(country);
  }

  /**
   * Asks the bank for a consent, which the user then gives at `consentUrl`.
   * @throws NOT_FOUND for an unknown institution; PLAN_LIMIT_REACHED when the plan allows no further connection.
   */
  async start(scope: Scope, institutionId: string, redirectUrl?: string | null): Promise<StartedConnection> {
    scope.require('connections:create');
    const { tenantId, userId } = scope.actor;
    const redirect = this.#redirect(redirectUrl);
    // Before anybody is asked: the bank must not learn of what we would refuse.
    await scope.change(transaction => this.plans.requireRoom(transaction, 'connections'));
    const institution = await this.#institution(institutionId);
    const reference = `${tenantIds.encode(tenantId)}.${randomBytes(32).toString('base64url')}`;
    const consent = await this.provider.startConsent({ institution, redirectUrl: redirect, reference });
    const expiresAt = new Date(this.clock.now().getTime() + CONSENT_MINUTES * MINUTE_MS);
    const connection = await scope.change(async transaction => {
      await this.plans.requireRoom(transaction, 'connections');
      const created = await Connection.create(
        {
          id: newId(),
          provider: this.provider.name,
          institutionId,
          institutionName: institution.name,
          status: 'PENDING',
          consentId: consent.consentId,
          historyDays: institution.historyDays,
          consentExpiresAt: consent.expiresAt,
          createdBy: userId,
        },
        { transaction },
      );
      const authorization = { id: newId(), connectionId: created.id, userId, referenceHash: hashOf(reference), expiresAt };
      await ConnectionAuthorization.create(authorization, { transaction });
      record(scope, transaction, created, 'started', { institutionId, historyDays: institution.historyDays });
      return created;
    });
    return { connection, consentUrl: consent.link, reference, expiresAt };
  }

  /**
   * Completes a connection with the reference that the bank's redirect brought back, and begins the first synchronisation.
   * @throws REFERENCE_UNKNOWN for one never issued to this tenant and user; REFERENCE_USED; REFERENCE_EXPIRED;
   *         CONFLICT while the consent is not given; PROVIDER_REJECTED when it was refused.
   */
  async complete(scope: Scope, reference: string): Promise<CompletedConnection> {
    scope.require('connections:create');
    const { authorization, connection } = await this.#authorized(scope, reference);
    const consent = await this.provider.consent(connection.consentId ?? '');
    if (consent.status === 'pending') throw conflict('The consent has not been given yet: finish at the bank first');
    if (consent.status !== 'linked') return this.#refused(scope, authorization, connection, consent.status);
    if (consent.reference !== reference) throw new PayymoError('REFERENCE_UNKNOWN', 'This reference belongs to another consent');
    return scope.change(async transaction => {
      await this.#use(authorization, transaction);
      const active = await settle(connection, { status: 'ACTIVE', statusReason: null }, transaction);
      await this.#addAccounts(active, consent, transaction);
      record(scope, transaction, active, 'completed', { accounts: consent.accountIds.length });
      return { connection: active, syncRun: await this.synchronisation.queue(scope, active, transaction) };
    });
  }

  /** The tenant that a reference names; what it may do is decided by its authorization. @throws REFERENCE_UNKNOWN */
  tenantOf(reference: string): string {
    const [tenant = ''] = reference.split('.', 1);
    try {
      return tenantIds.decode(tenant);
    } catch {
      throw unknownReference();
    }
  }

  #redirect(redirectUrl: string | null | undefined): string {
    if (redirectUrl === undefined || redirectUrl === null) return this.redirects.callbackUrl;
    const origin = URL.canParse(redirectUrl) ? new URL(redirectUrl).origin : '';
    if (!this.redirects.allowedOrigins.includes(origin)) {
      throw badInput('redirectUrl', 'The redirect must lead to one of the allowed origins (PAYYMO_ALLOWED_ORIGINS)');
    }
    return redirectUrl;
  }

  async #institution(id: string): Promise<BankInstitution> {
    try {
      return await this.provider.institution(id);
    } catch (error) {
      if (error instanceof ProviderError && error.failure === 'not_found') throw notFound('Institution', id);
      throw error;
    }
  }

  async #authorized(scope: Scope, reference: string): Promise<{ authorization: ConnectionAuthorization; connection: Connection }> {
    const { userId } = scope.actor;
    return scope.change(async transaction => {
      const authorization = await ConnectionAuthorization.findOne({ where: { referenceHash: hashOf(reference) }, transaction });
      if (!authorization || (userId !== null && authorization.userId !== userId)) throw unknownReference();
      const connection = await Connection.findOne({ where: { id: authorization.connectionId }, transaction, rejectOnEmpty: true });
      if (authorization.usedAt) throw usedReference(connection);
      if (authorization.expiresAt <= this.clock.now())
        throw new PayymoError('REFERENCE_EXPIRED', 'The consent took too long: start a new connection');
      return { authorization, connection };
    });
  }

  async #refused(scope: Scope, authorization: ConnectionAuthorization, connection: Connection, status: Consent['status']): Promise<never> {
    const statusReason = status === 'rejected' ? 'The consent was refused at the bank' : 'The consent expired at the bank';
    await scope.change(async transaction => {
      await this.#use(authorization, transaction);
      const rejected = await settle(connection, { status: 'REJECTED', statusReason }, transaction);
      record(scope, transaction, rejected, 'rejected', { statusReason });
    });
    throw new PayymoError('PROVIDER_REJECTED', `${statusReason}: start a new connection`, { details: { provider: this.provider.name } });
  }

  /** Of two who bring the same reference at once, one passes. */
  async #use(authorization: ConnectionAuthorization, transaction: Transaction): Promise<void> {
    const [used] = await ConnectionAuthorization.update(
      { usedAt: this.clock.now() },
      { where: { id: authorization.id, usedAt: null }, transaction },
    );
    if (used === 0) throw new PayymoError('REFERENCE_USED', 'This reference was used before');
  }

  async #addAccounts({ id: connectionId }: Connection, { accountIds }: Consent, transaction: Transaction): Promise<void> {
    for (const providerAccountId of accountIds) await Account.create({ id: newId(), connectionId, providerAccountId }, { transaction });
  }
}

/** What the audit trail keeps of a step on the way to a connected bank. */
function record(scope: Scope, transaction: Transaction, { id, status }: Connection, verb: string, facts: Facts): void {
  const before = verb === 'started' ? {} : { before: { status: 'PENDING' } };
  scope.record(transaction, { action: `connection.${verb}`, object: { type: 'Connection', id }, ...before, after: { status, ...facts } });
}

/** Read anew: an instance that a repeated change has used already would think that there is nothing to write. */
async function settle(
  { id }: Connection,
  values: Pick<Connection, 'status' | 'statusReason'>,
  transaction: Transaction,
): Promise<Connection> {
  const connection = await Connection.findOne({ where: { id }, transaction, rejectOnEmpty: true });
  return connection.update(values, { transaction });
}

const hashOf = (reference: string): string => createHash('sha256').update(reference).digest('hex');

const unknownReference = () => new PayymoError('REFERENCE_UNKNOWN', 'This reference was never issued to you');

const usedReference = ({ id, status }: Connection) =>
  new PayymoError('REFERENCE_USED', `This reference was used before: ${connectionIds.encode(id)} is ${status}`);
