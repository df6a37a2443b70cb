import { Field, ID, InputType } from 'type-graphql';

@InputType('CreateRoleInput')
export class CreateRoleInput {
  @Field(() => String, { description: '1 to 60 characters; unique within the tenant, whatever its case.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for; at most 300 characters.' })
  description?: string;

  @Field(() => [String], { description: 'At least one, as resource:action; none that you do not hold yourself.' })
  permissions!: string[];
}

@InputType('UpdateRoleInput', { description: 'What is left out stays as it is.' })
export class UpdateRoleInput {
  @Field(() => ID)
  roleId!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => [String], { nullable: true, description: 'All of them: what is not listed is taken away.' })
  permissions?: string[];
}
