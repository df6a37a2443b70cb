import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType } from 'type-graphql';

const CHALLENGE = 'From signIn; left out by somebody who is signed in.';

@InputType('StepUpInput', { description: 'Exactly one of the three.' })
export class StepUpInput {
  @Field(() => String, { nullable: true, description: 'The six digits that the authenticator app shows; each code is good once.' })
  totp?: string;

  @Field(() => String, { nullable: true, description: 'One of the recovery codes, in any case, with or without its hyphens.' })
  recoveryCode?: string;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'What navigator.credentials.get gave for the options of beginPasskeyAuthentication, as its toJSON() says it.',
  })
  passkey?: Record<string, unknown>;
}

@InputType('VerifySecondFactorInput', { description: 'The challenge, and exactly one of the other three.' })
export class VerifySecondFactorInput extends StepUpInput {
  @Field(() => String, { description: 'From signIn.' })
  challenge!: string;
}

@InputType('ConfirmTotpEnrolmentInput')
export class ConfirmTotpEnrolmentInput {
  @Field(() => String, { description: 'The six digits that the authenticator app shows.' })
  code!: string;

  @Field(() => String, { nullable: true, description: CHALLENGE })
  challenge?: string;
}

@InputType('FinishPasskeyRegistrationInput')
export class FinishPasskeyRegistrationInput {
  @Field(() => String, { description: 'What to call it: 1 to 60 characters in one line.' })
  name!: string;

  @Field(() => GraphQLJSONObject, {
    description: 'What navigator.credentials.create gave for the options of beginPasskeyRegistration, as its toJSON() says it.',
  })
  response!: Record<string, unknown>;

  @Field(() => String, { nullable: true, description: CHALLENGE })
  challenge?: string;
}
