import type { InferAttributes } from 'sequelize';

import { columns, sql, tenant } from '../../platform/database/sql';
import { manyByKey, oneByKey } from '../../platform/graphql/loader';
import { User } from './user.model';

/** A user without what only sign-in may see. */
export type UserRecord = Omit<InferAttributes<User>, 'passwordHash'>;

export const userById = oneByKey<UserRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(User, 'u', ['passwordHash'])} from users u where u.tenant_id = ${tenant} and u.id = any(${ids})`),
  ({ id }) => id,
);

export const usersOfTenant = manyByKey<UserRecord>(
  scope => scope.rows(sql`select ${columns(User, 'u', ['passwordHash'])} from users u where u.tenant_id = ${tenant} order by u.email`),
  ({ tenantId }) => tenantId,
);
