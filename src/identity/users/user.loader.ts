import type { InferAttributes } from 'sequelize';

import { pageOf } from '../../platform/database/page';
import type { Scope } from '../../platform/database/scope';
import { columns, raw, sql, tenant } from '../../platform/database/sql';
import { containing, oneOf } from '../../platform/graphql/filter.input';
import { oneByKey } from '../../platform/graphql/loader';
import type { Page, PageArgs } from '../../platform/graphql/page.type';
import { customRoleIds } from '../ids';
import type { UserFilter } from './user.input';
import { User } from './user.model';

/** A user without what only sign-in may see. */
export type UserRecord = Omit<InferAttributes<User>, 'passwordHash'>;

export const userById = oneByKey<UserRecord>(
  (scope, ids) =>
    scope.rows(sql`select ${columns(User, 'u', ['passwordHash'])} from users u where u.tenant_id = ${tenant} and u.id = any(${ids})`),
  ({ id }) => id,
);

/** A page of users, in the order of their e-mail addresses. @throws BAD_USER_INPUT */
export const listUsers = (scope: Scope, { role, customRoleId, disabled, text }: UserFilter, args: PageArgs): Promise<Page<UserRecord>> =>
  pageOf(
    scope,
    {
      select: columns(User, 'u', ['passwordHash']),
      from: raw('users u'),
      alias: 'u',
      where: [
        sql`u.tenant_id = ${tenant}`,
        ...oneOf('u.role', role),
        ...(customRoleId === undefined ? [] : [sql`u.custom_role_id = ${customRoleIds.decode(customRoleId, 'filter.customRoleId')}`]),
        ...(disabled === undefined ? [] : [sql`(u.disabled_at is not null) = ${disabled}`]),
        // The separator stands in no address and no name.
        ...containing(`(u.email || e'\\n' || lower(u.name))`, text),
      ],
      ordering: { name: 'email', column: 'u.email', type: 'text', descending: false },
    },
    args,
  );
