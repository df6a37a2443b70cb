import type { InferAttributes } from 'sequelize';

import { columns, sql, tenant } from '../../platform/database/sql';
import { manyByKey, oneByKey } from '../../platform/graphql/loader';
import { ApiClientSecret } from './api-client-secret.model';
import { ApiClient } from './api-client.model';

export type ApiClientRecord = InferAttributes<ApiClient>;

/** A secret without its hash. */
export type ApiClientSecretRecord = Omit<InferAttributes<ApiClientSecret>, 'hash'>;

export const apiClientById = oneByKey<ApiClientRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(ApiClient, 'c')} from api_clients c where c.tenant_id = ${tenant} and c.id = any(${ids})`),
  ({ id }) => id,
);

/** The newest first; also those that no longer count. */
export const secretsOfApiClient = manyByKey<ApiClientSecretRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(ApiClientSecret, 's', ['hash'])} from api_client_secrets s
      where s.tenant_id = ${tenant} and s.client_id = any(${ids}) order by s.id desc`),
  ({ clientId }) => clientId,
);
