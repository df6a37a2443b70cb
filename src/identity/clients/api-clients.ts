import type { Transaction } from 'sequelize';

import type { Facts } from '../../platform/audit/audit';
import type { Clock } from '../../platform/clock';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { badInput, conflict, notFound } from '../../platform/errors';
import { apiClientIds, apiClientSecretIds } from '../ids';
import type { Plans } from '../plans/plans.service';
import { authorityOf, requireToHold } from '../roles/authority';
import { ApiClientSecret } from './api-client-secret.model';
import { ApiClient, type ClientAuthenticationMethod } from './api-client.model';
import type { ClientAccess } from './client-access';
import { isValidAt, newClientSecret } from './client-secrets';
import {
  clientCredentials,
  clientDescription,
  clientName,
  clientScopes,
  type ClientCredentials,
  type CredentialsInput,
} from './client-settings';
import type { PublicJsonOptions } from './public-json';

export interface NewApiClient extends CredentialsInput {
  readonly name: string;
  readonly description?: string;
  readonly scopes: readonly string[];
  readonly authenticationMethod: ClientAuthenticationMethod;
}

export interface ApiClientChanges extends CredentialsInput {
  readonly name?: string;
  readonly description?: string;
  readonly scopes?: readonly string[];
}

export interface ApiClientWithSecret {
  readonly apiClient: ApiClient;
  /** The one time that it can be read; null for a client without secrets. */
  readonly clientSecret: string | null;
}

const MAX_OVERLAP_HOURS = 168;
const HOUR_MS = 3_600_000;

/**
 * The clients of partners: made, changed, given new secrets, and ended. All of it stands in the audit trail.
 * @requirement API-007, SEC-004, SEC-020
 */
export class ApiClients {
  constructor(
    private readonly clock: Clock,
    private readonly access: ClientAccess,
    private readonly plans: Pick<Plans, 'requireFeature'>,
    private readonly urls: PublicJsonOptions,
  ) {}

  /** @throws BAD_USER_INPUT, FORBIDDEN for scopes beyond the actor's own, PLAN_LIMIT_REACHED for a plan without API clients */
  async create(scope: Scope, input: NewApiClient): Promise<ApiClientWithSecret> {
    scope.require('api-clients:create');
    const settings = {
      name: clientName(input.name),
      description: clientDescription(input.description ?? ''),
      scopes: clientScopes(input.scopes),
      authenticationMethod: input.authenticationMethod,
      ...(await clientCredentials(input.authenticationMethod, input, this.urls)),
    };
    return scope.change(async transaction => {
      await this.plans.requireFeature(transaction, 'API_CLIENTS');
      requireToHold(await authorityOf(scope, transaction, 'api-clients:create'), settings.scopes);
      const apiClient = await ApiClient.create({ ...settings, id: newId(), createdBy: scope.actor.userId }, { transaction });
      const clientSecret = settings.authenticationMethod === 'CLIENT_SECRET' ? await addSecret(scope, transaction, apiClient) : null;
      record(scope, transaction, 'created', apiClient, { after: factsOf(apiClient) });
      return { apiClient, clientSecret };
    });
  }

  /**
   * Changes what is given. Whatever takes something from the client (other scopes, a key or certificate less) kills its tokens at once.
   * @throws NOT_FOUND, CONFLICT for an ended client, BAD_USER_INPUT; FORBIDDEN for scopes beyond the actor's own, also those of a client
   * that is to get another key or certificate
   */
  update(scope: Scope, id: string, changes: ApiClientChanges): Promise<ApiClient> {
    scope.require('api-clients:update');
    return scope.change(async transaction => {
      const apiClient = await inUse(transaction, id);
      const before = factsOf(apiClient);
      const former = credentialsOf(apiClient);
      const settings = await this.#settings(apiClient, changes);
      const authority = await authorityOf(scope, transaction, 'api-clients:update');
      requireToHold(
        authority,
        (settings.scopes ?? []).filter(added => !apiClient.scopes.includes(added)),
      );
      await apiClient.update(settings, { transaction });
      // Who puts a key of their own into the hands of a client can be the client.
      if (loses(credentialsOf(apiClient), former)) requireToHold(authority, apiClient.scopes);
      const after = factsOf(apiClient);
      if (String(before['scopes']) !== String(after['scopes']) || loses(former, credentialsOf(apiClient))) {
        await this.access.revokeTokens(scope, transaction, apiClient);
      }
      record(scope, transaction, 'updated', apiClient, { before, after });
      return apiClient;
    });
  }

  /**
   * Gives the client another secret. The former one stays valid for the overlap; an older one dies at once, so that never more than two
   * are valid.
   * @throws NOT_FOUND, CONFLICT for an ended client and for one without secrets, BAD_USER_INPUT, FORBIDDEN for a client with scopes beyond
   * the actor's own
   */
  rotateSecret(scope: Scope, id: string, overlapHours: number): Promise<ApiClientWithSecret> {
    scope.require('api-clients:update');
    if (overlapHours < 0 || overlapHours > MAX_OVERLAP_HOURS)
      throw badInput('overlapHours', `An overlap has 0 to ${MAX_OVERLAP_HOURS} hours`);
    return scope.change(async transaction => {
      const apiClient = await inUse(transaction, id);
      if (apiClient.authenticationMethod !== 'CLIENT_SECRET') throw conflict('The client proves itself without a secret');
      requireToHold(await authorityOf(scope, transaction, 'api-clients:update'), apiClient.scopes);
      await this.#letOverlap(transaction, id, overlapHours);
      const clientSecret = await addSecret(scope, transaction, apiClient);
      record(scope, transaction, 'secret-rotated', apiClient, { after: { overlapHours } });
      return { apiClient, clientSecret };
    });
  }

  /**
   * Takes one secret back, with all tokens of the client: nobody can tell which of them a thief asked for. Works for a suspended tenant.
   * @throws NOT_FOUND, CONFLICT for one that is not valid any more
   */
  revokeSecret(scope: Scope, id: string, secretId: string): Promise<ApiClient> {
    scope.require('api-clients:update');
    return scope.changeAccess(async transaction => {
      const apiClient = await inUse(transaction, id);
      const secret = await ApiClientSecret.findOne({ where: { id: secretId, clientId: id }, transaction, lock: true });
      if (!secret) throw notFound('ApiClientSecret', apiClientSecretIds.encode(secretId));
      if (!isValidAt(secret, this.clock.now())) throw conflict('The secret is not valid any more');
      await secret.update({ retiredAt: this.clock.now() }, { transaction });
      await this.access.revokeTokens(scope, transaction, apiClient);
      record(scope, transaction, 'secret-revoked', apiClient, { before: { secretId, hint: secret.hint } });
      return apiClient;
    });
  }

  /** Ends the client for good: no secret, session or token of it counts from now on. @throws NOT_FOUND, CONFLICT when it has ended before */
  end(scope: Scope, id: string): Promise<ApiClient> {
    scope.require('api-clients:delete');
    return scope.changeAccess(async transaction => {
      const apiClient = await inUse(transaction, id);
      const endedAt = this.clock.now();
      await apiClient.update({ endedAt }, { transaction });
      await ApiClientSecret.update({ retiredAt: endedAt }, { where: { clientId: id, retiredAt: null }, transaction });
      await this.access.revokeClient(scope, transaction, apiClient);
      record(scope, transaction, 'ended', apiClient, {});
      return apiClient;
    });
  }

  async #settings({ authenticationMethod: method }: ApiClient, changes: ApiClientChanges): Promise<Partial<ApiClient>> {
    const { name, description, scopes, ...credentials } = changes;
    const renewed = Object.keys(credentials).length > 0;
    return {
      ...(name !== undefined && { name: clientName(name) }),
      ...(description !== undefined && { description: clientDescription(description) }),
      ...(scopes !== undefined && { scopes: clientScopes(scopes) }),
      ...(renewed && (await clientCredentials(method, credentials, this.urls))),
    };
  }

  /** The latest secret lives on for the overlap, or shorter if it was to; the others end. */
  async #letOverlap(transaction: Transaction, clientId: string, overlapHours: number): Promise<void> {
    const now = this.clock.now();
    const secrets = await ApiClientSecret.findAll({
      where: { clientId, retiredAt: null },
      order: [['id', 'DESC']],
      transaction,
      lock: true,
    });
    const [latest, ...older] = secrets.filter(secret => isValidAt(secret, now));
    for (const secret of older) await secret.update({ expiresAt: now }, { transaction });
    const overlap = new Date(now.getTime() + overlapHours * HOUR_MS);
    if (latest && (latest.expiresAt === null || latest.expiresAt > overlap)) await latest.update({ expiresAt: overlap }, { transaction });
  }
}

/** The client, locked until the change ends. */
async function inUse(transaction: Transaction, id: string): Promise<ApiClient> {
  const apiClient = await ApiClient.findOne({ where: { id }, transaction, lock: true });
  if (!apiClient) throw notFound('ApiClient', apiClientIds.encode(id));
  if (apiClient.endedAt) throw conflict('The client has ended');
  return apiClient;
}

async function addSecret(scope: Scope, transaction: Transaction, { id: clientId }: ApiClient): Promise<string> {
  const { secret, ...kept } = newClientSecret();
  await ApiClientSecret.create({ ...kept, id: newId(), clientId, createdBy: scope.actor.userId }, { transaction });
  return secret;
}

const credentialsOf = ({ jwks, jwksUrl, certificateThumbprints }: ApiClient): ClientCredentials => ({
  jwks,
  jwksUrl,
  certificateThumbprints,
});

/** Whether something that proved the client before does so no longer; the other way round, whether something new does. */
function loses(former: ClientCredentials, now: ClientCredentials): boolean {
  const proofs = ({ jwks, jwksUrl, certificateThumbprints }: ClientCredentials) => [
    // In order: the database keeps the members in another one.
    ...(jwks?.keys.map(key => JSON.stringify(Object.entries(key).sort())) ?? []),
    ...(jwksUrl === null ? [] : [jwksUrl]),
    ...certificateThumbprints,
  ];
  const kept = new Set(proofs(now));
  return proofs(former).some(proof => !kept.has(proof));
}

/** What the audit trail shows of a client: what it may and how it proves itself. */
const factsOf = ({ name, description, scopes, authenticationMethod, jwks, jwksUrl, certificateThumbprints }: ApiClient): Facts => ({
  name,
  description,
  scopes,
  authenticationMethod,
  keys: jwks?.keys.map(({ kid, alg }) => `${kid ?? ''} ${alg}`) ?? [],
  jwksUrl,
  certificateThumbprints,
});

function record(scope: Scope, transaction: Transaction, verb: string, { id }: ApiClient, facts: { before?: Facts; after?: Facts }): void {
  scope.record(transaction, { action: `api-client.${verb}`, object: { type: 'ApiClient', id }, ...facts });
}
