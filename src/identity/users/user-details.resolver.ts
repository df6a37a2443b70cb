import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import { holds } from '../../platform/auth/principal';
import type { Scope } from '../../platform/database/scope';
import type { UserRole } from '../roles/permissions';
import { customRoleById, type CustomRoleRecord, permissionsFor } from '../roles/role.loader';
import { CustomRoleType, RoleEnum } from '../roles/role.type';
import type { UserRecord } from './user.loader';
import { UserType } from './user.type';

const WHOSE = 'Of yourself, or with the scope users:read: null for anybody else.';

/**
 * What only the user and those who may see people learn. A user stands beside much that others may see, such as a match that was decided;
 * an id and a name are enough there.
 * @requirement SEC-010
 */
@Resolver(() => UserType)
export class UserDetailsResolver {
  @FieldResolver(() => String, { nullable: true, description: `In lower case; unique within the tenant. ${WHOSE}` })
  email(@Root() user: UserRecord, @Ctx() scope: Scope): string | null {
    return isShown(user, scope) ? user.email : null;
  }

  @FieldResolver(() => RoleEnum, { nullable: true, description: WHOSE })
  role(@Root() user: UserRecord, @Ctx() scope: Scope): UserRole | null {
    return isShown(user, scope) ? user.role : null;
  }

  @FieldResolver(() => CustomRoleType, { nullable: true, description: `Of a user with the role CUSTOM. ${WHOSE}` })
  customRole(@Root() user: UserRecord, @Ctx() scope: Scope): Promise<CustomRoleRecord | null> | null {
    return user.customRoleId !== null && isShown(user, scope) ? customRoleById(scope).load(user.customRoleId) : null;
  }

  @FieldResolver(() => [String], { nullable: true, description: `What the role permits, as resource:action. ${WHOSE}` })
  permissions(@Root() user: UserRecord, @Ctx() scope: Scope): Promise<readonly string[]> | null {
    return isShown(user, scope) ? permissionsFor(scope, user) : null;
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description: `Since when the user is shut out, in UTC; null for an active one. ${WHOSE}`,
  })
  disabledAt(@Root() user: UserRecord, @Ctx() scope: Scope): Date | null {
    return isShown(user, scope) ? user.disabledAt : null;
  }

  @FieldResolver(() => Date, { nullable: true, description: `In UTC; null before the first time. ${WHOSE}` })
  lastSignedInAt(@Root() user: UserRecord, @Ctx() scope: Scope): Date | null {
    return isShown(user, scope) ? user.lastSignedInAt : null;
  }

  @FieldResolver(() => Date, { nullable: true, description: `In UTC. ${WHOSE}` })
  createdAt(@Root() user: UserRecord, @Ctx() scope: Scope): Date | null {
    return isShown(user, scope) ? user.createdAt : null;
  }
}

const isShown = ({ id }: UserRecord, { actor }: Scope): boolean => id === actor.userId || holds(actor, 'users:read');
