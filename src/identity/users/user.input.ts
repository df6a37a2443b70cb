import { Field, ID, InputType } from 'type-graphql';

import { FiltersOn } from '../../platform/graphql/authorization';
import type { UserRole } from '../roles/permissions';
import { RoleEnum } from '../roles/role.type';

@InputType('UserFilter', { description: 'All given conditions hold.' })
export class UserFilter {
  @Field(() => [RoleEnum], { nullable: true })
  role?: UserRole[];

  @Field(() => ID, { nullable: true })
  @FiltersOn('customRole')
  customRoleId?: string;

  @Field(() => Boolean, { nullable: true, description: 'Whether the user is shut out.' })
  @FiltersOn('disabledAt')
  disabled?: boolean;

  @Field(() => String, { nullable: true, description: 'Stands somewhere in the name or the e-mail address, in any case.' })
  @FiltersOn('name', 'email')
  text?: string;
}

@InputType('ChangeUserRoleInput')
export class ChangeUserRoleInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => RoleEnum, { description: 'None that permits more than you hold.' })
  role!: UserRole;

  @Field(() => ID, { nullable: true, description: 'Goes with the role CUSTOM.' })
  customRoleId?: string;
}
