import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

import { enumOf } from '../graphql/enum';
import { NodeType } from '../graphql/node.type';
import { type RunState, runStates } from './run.model';

export const RunStateEnum = enumOf(runStates);
registerEnumType(RunStateEnum, {
  name: 'RunState',
  description: 'How far long work has come.',
  valuesConfig: {
    QUEUED: { description: 'Not begun yet.' },
    RUNNING: { description: 'At work.' },
    WAITING: { description: 'Something failed that may pass; it goes on at nextAttemptAt.' },
    SUCCEEDED: { description: 'Done.' },
    FAILED: { description: 'Ended without success: errorCode and errorMessage say why.' },
  },
});

/** The fields of every kind of run; never a type of its own. */
@ObjectType('Run', { implements: NodeType, simpleResolvers: true })
export abstract class RunType extends NodeType {
  @Field(() => ID)
  override id!: string;

  @Field(() => RunStateEnum)
  state!: RunState;

  @Field(() => Int, { description: 'How often it was begun.' })
  attempts!: number;

  @Field(() => String, { nullable: true, description: 'Code of what went wrong last (docs/errors.md); null when nothing did.' })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong last, for people.' })
  errorMessage!: string | null;

  @Field(() => Date, { nullable: true, description: 'While WAITING: when it goes on. In UTC.' })
  nextAttemptAt!: Date | null;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'In UTC; null before it begins.' })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'In UTC; null until it has ended.' })
  finishedAt!: Date | null;
}
