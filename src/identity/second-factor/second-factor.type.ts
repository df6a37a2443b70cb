import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated, Public } from '../../platform/graphql/authorization';
import { enumOf } from '../../platform/graphql/enum';
import { type SessionTokens, SessionTokensType } from '../sessions/session-tokens.type';
import { secondFactorDemands, type SecondFactorMethod, secondFactorMethods } from './demand';

export const SecondFactorMethodEnum = enumOf(secondFactorMethods);
registerEnumType(SecondFactorMethodEnum, {
  name: 'SecondFactorMethod',
  description: 'How somebody proves who they are beside the password.',
  valuesConfig: {
    TOTP: { description: 'A one-time password of an authenticator app (RFC 6238).' },
    PASSKEY: { description: 'A passkey or security key (WebAuthn).' },
    RECOVERY_CODE: { description: 'One of the codes that came with the enrolment; each is good once.' },
  },
});

export const SecondFactorDemandEnum = enumOf(secondFactorDemands);
registerEnumType(SecondFactorDemandEnum, {
  name: 'SecondFactorDemand',
  description: 'What a sign-in with the right password still needs.',
  valuesConfig: {
    VERIFY: { description: 'One of the methods: call verifySecondFactor.' },
    ENROL: { description: 'To enrol one of the methods, since the tenant or the role demands a second factor: call beginTotpEnrolment or beginPasskeyRegistration.' },
  },
}); // prettier-ignore

@ObjectType('SecondFactorChallenge', { description: 'What a sign-in answers in the place of tokens.', simpleResolvers: true })
@Public()
export class SecondFactorChallengeType {
  @Field(() => String, { description: 'Opaque; stands for the right password. Keep it as secret as that; it ends with its first success.' })
  challenge!: string;

  @Field(() => Date, { description: 'In UTC, five minutes ahead.' })
  expiresAt!: Date;

  @Field(() => SecondFactorDemandEnum)
  demand!: 'VERIFY' | 'ENROL';

  @Field(() => [SecondFactorMethodEnum], { description: 'With any of these it can be met.' })
  methods!: readonly SecondFactorMethod[];
}

@ObjectType('Passkey', { description: 'A passkey or security key of yours (WebAuthn).', simpleResolvers: true })
@Public()
export class PasskeyType {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'As you called it.' })
  name!: string;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'In UTC; null before the first time.' })
  lastUsedAt!: Date | null;
}

@ObjectType('SecondFactor', { description: 'Your factors beside the password.', simpleResolvers: true })
@Authenticated()
export class SecondFactorType {
  @Field(() => Boolean, { description: 'Whether an authenticator app is enrolled.' })
  totp!: boolean;

  @Field(() => [PasskeyType], { description: 'In the order of their registration.' })
  passkeys!: PasskeyType[];

  @Field(() => Int, { description: 'How many recovery codes have not been used.' })
  recoveryCodesLeft!: number;

  @Field(() => Boolean, { description: 'Whether the tenant or your role demands a second factor.' })
  required!: boolean;
}

@ObjectType('TotpEnrolment', { description: 'What an authenticator app is given; shown once.', simpleResolvers: true })
@Public()
export class TotpEnrolmentType {
  @Field(() => String, { description: 'Base32, 160 bits; to be typed where no QR code can be read.' })
  secret!: string;

  @Field(() => String, { description: 'otpauth://totp/…, which opens an authenticator app on the same device.' })
  uri!: string;

  @Field(() => String, { description: 'The same as a QR code: the data URI of an SVG image.' })
  qrCode!: string;

  @Field(() => Date, { description: 'In UTC, ten minutes ahead: until then confirmTotpEnrolment must bring the first code.' })
  expiresAt!: Date;
}

@ObjectType('PasskeyCeremony', { description: 'A question that a browser puts to an authenticator.', simpleResolvers: true })
@Public()
export class PasskeyCeremonyType {
  @Field(() => GraphQLJSONObject, {
    description: 'For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON (WebAuthn Level 3, section 5.1).',
  })
  options!: object;

  @Field(() => Date, { description: 'In UTC, five minutes ahead.' })
  expiresAt!: Date;
}

@ObjectType('EnrolTotpPayload', { simpleResolvers: true })
@Public()
export class EnrolTotpPayload {
  @Field(() => [String], {
    description: 'Ten codes, each good once, for the day when the factor is lost; shown once. Empty for somebody who holds some already.',
  })
  recoveryCodes!: readonly string[];

  @Field(() => SessionTokensType, { nullable: true, description: 'The session, when this completed a sign-in; null within a session.' })
  tokens!: SessionTokens | null;
}

@ObjectType('RegisterPasskeyPayload', { simpleResolvers: true })
@Public()
export class RegisterPasskeyPayload extends EnrolTotpPayload {
  @Field(() => PasskeyType)
  passkey!: PasskeyType;
}
