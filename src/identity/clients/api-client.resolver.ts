import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { pageOf } from '../../platform/database/page';
import { columns, raw, sql, tenant } from '../../platform/database/sql';
import { RequiresScopes, RequiresStepUp } from '../../platform/graphql/authorization';
import { type Page, PageArgs } from '../../platform/graphql/page.type';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { apiClientIds, apiClientSecretIds } from '../ids';
import { type UserRecord, userById } from '../users/user.loader';
import { UserType } from '../users/user.type';
import {
  CreateApiClientInput,
  EndApiClientInput,
  RevokeApiClientSecretInput,
  RotateApiClientSecretInput,
  UpdateApiClientInput,
} from './api-client.input';
import { type ApiClientRecord, type ApiClientSecretRecord, secretsOfApiClient } from './api-client.loader';
import { ApiClient } from './api-client.model';
import {
  ApiClientConnectionType,
  ApiClientKeyType,
  ApiClientPayload,
  ApiClientSecretType,
  ApiClientType,
  ApiClientWithSecretPayload,
} from './api-client.type';
import type { ApiClients, ApiClientWithSecret } from './api-clients';

const NEWEST_FIRST = { name: 'created', column: 'c.created_at', type: 'timestamptz', descending: true } as const;

@Resolver(() => ApiClientType)
export class ApiClientResolver {
  constructor(private readonly service: ApiClients) {}

  @Query(() => ApiClientConnectionType, { nullable: true, description: 'The clients of partners, the newest first.' })
  @RequiresScopes('api-clients:read')
  apiClients(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: Scope,
    @Arg('ended', () => Boolean, { nullable: true, description: 'Only those that have ended, or only those that have not.' })
    ended?: boolean | null,
  ): Promise<Page<ApiClientRecord>> {
    const inUse = ended === undefined || ended === null ? [] : [ended ? raw('c.ended_at is not null') : raw('c.ended_at is null')];
    const where = [sql`c.tenant_id = ${tenant}`, ...inUse];
    const list = { select: columns(ApiClient, 'c'), from: raw('api_clients c'), alias: 'c', where, ordering: NEWEST_FIRST };
    return pageOf(scope, list, withoutNulls(page));
  }

  @FieldResolver(() => [ApiClientKeyType], { description: 'Its registered public keys.' })
  keys(@Root() { jwks }: ApiClientRecord): ApiClientKeyType[] {
    return jwks?.keys.map(({ kid, alg: algorithm }) => ({ kid, algorithm })) ?? [];
  }

  @FieldResolver(() => [ApiClientSecretType], { description: 'The newest first, with those that are not valid any more.' })
  secrets(@Root() { id }: ApiClientRecord, @Ctx() scope: Scope): Promise<ApiClientSecretRecord[]> {
    return secretsOfApiClient(scope).load(id);
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'Who made it.' })
  createdBy(@Root() { createdBy }: ApiClientRecord, @Ctx() scope: Scope): Promise<UserRecord | null> | null {
    return createdBy === null ? null : userById(scope).load(createdBy);
  }

  @Mutation(() => ApiClientWithSecretPayload, { nullable: true, description: 'Makes a client for a machine of a partner.' })
  @RequiresScopes('api-clients:create')
  @RequiresStepUp()
  createApiClient(
    @Arg('input', () => CreateApiClientInput) input: CreateApiClientInput,
    @Ctx() scope: Scope,
  ): Promise<ApiClientWithSecret> {
    return this.service.create(scope, withoutNulls(input));
  }

  @Mutation(() => ApiClientPayload, { nullable: true, description: 'Changes a client, what it may, and what it proves itself with.' })
  @RequiresScopes('api-clients:update')
  @RequiresStepUp()
  async updateApiClient(
    @Arg('input', () => UpdateApiClientInput) input: UpdateApiClientInput,
    @Ctx() scope: Scope,
  ): Promise<{ apiClient: ApiClientRecord }> {
    const { clientId, ...changes } = withoutNulls(input);
    return { apiClient: await this.service.update(scope, apiClientIds.decode(clientId, 'clientId'), changes) };
  }

  @Mutation(() => ApiClientWithSecretPayload, {
    nullable: true,
    description: 'Gives a client another secret. The former one stays valid for the overlap; one that is older still ends at once.',
  })
  @RequiresScopes('api-clients:update')
  @RequiresStepUp()
  rotateApiClientSecret(
    @Arg('input', () => RotateApiClientSecretInput) { clientId, overlapHours }: RotateApiClientSecretInput,
    @Ctx() scope: Scope,
  ): Promise<ApiClientWithSecret> {
    return this.service.rotateSecret(scope, apiClientIds.decode(clientId, 'clientId'), overlapHours);
  }

  @Mutation(() => ApiClientPayload, { nullable: true, description: 'Takes a secret back at once, together with all tokens of the client.' })
  @RequiresScopes('api-clients:update')
  @RequiresStepUp()
  async revokeApiClientSecret(
    @Arg('input', () => RevokeApiClientSecretInput) { clientId, secretId }: RevokeApiClientSecretInput,
    @Ctx() scope: Scope,
  ): Promise<{ apiClient: ApiClientRecord }> {
    const id = apiClientIds.decode(clientId, 'clientId');
    return { apiClient: await this.service.revokeSecret(scope, id, apiClientSecretIds.decode(secretId, 'secretId')) };
  }

  @Mutation(() => ApiClientPayload, {
    nullable: true,
    description: 'Ends a client for good, with its secrets, sessions and tokens, at once.',
  })
  @RequiresScopes('api-clients:delete')
  @RequiresStepUp()
  async endApiClient(
    @Arg('input', () => EndApiClientInput) { clientId }: EndApiClientInput,
    @Ctx() scope: Scope,
  ): Promise<{ apiClient: ApiClientRecord }> {
    return { apiClient: await this.service.end(scope, apiClientIds.decode(clientId, 'clientId')) };
  }
}

@Resolver(() => ApiClientSecretType)
export class ApiClientSecretResolver {
  @FieldResolver(() => ID)
  id(@Root() { id }: ApiClientSecretRecord): string {
    return apiClientSecretIds.encode(id);
  }
}
