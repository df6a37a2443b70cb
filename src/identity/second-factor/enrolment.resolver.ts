import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { z } from 'zod';

import type { Scope } from '../../platform/database/scope';
import { Public } from '../../platform/graphql/authorization';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import type { Enrolment } from './enrolment';
import { parsed, totpCode } from './given-factor';
import { PasskeyAttestation } from './passkey-response';
import { ConfirmTotpEnrolmentInput, FinishPasskeyRegistrationInput } from './second-factor.input';
import { passkeyOf } from './second-factor.loader';
import { EnrolTotpPayload, PasskeyCeremonyType, RegisterPasskeyPayload, TotpEnrolmentType } from './second-factor.type';

const CHALLENGE = 'From signIn; left out by somebody who is signed in.';
const WHO =
  'For somebody whose sign-in demands it, or who is signed in: with a password, or for a further factor a stepUp, of the last five minutes.';

/** No control or formatting character, so that what is listed reads as it was typed. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);

/** Open to everybody: the challenge or the session says who asks. */
@Resolver()
export class EnrolmentResolver {
  constructor(private readonly enrolment: Enrolment) {}

  @Mutation(() => TotpEnrolmentType, { nullable: true, description: `Begins to enrol an authenticator app. ${WHO}` })
  @Public()
  beginTotpEnrolment(
    @Ctx() scope: Scope,
    @Arg('challenge', () => String, { nullable: true, description: CHALLENGE }) challenge?: string | null,
  ): Promise<TotpEnrolmentType> {
    return this.enrolment.beginTotp(scope, challenge ?? undefined);
  }

  @Mutation(() => EnrolTotpPayload, {
    nullable: true,
    description: 'Takes the authenticator app into use with its first code, in the place of an earlier one.',
  })
  @Public()
  confirmTotpEnrolment(
    @Arg('input', () => ConfirmTotpEnrolmentInput) input: ConfirmTotpEnrolmentInput,
    @Ctx() scope: Scope,
  ): Promise<EnrolTotpPayload> {
    const { code, challenge } = withoutNulls(input);
    return this.enrolment.confirmTotp(scope, challenge, totpCode(code, 'input.code'));
  }

  @Mutation(() => PasskeyCeremonyType, { nullable: true, description: `Begins to register a passkey. ${WHO}` })
  @Public()
  beginPasskeyRegistration(
    @Ctx() scope: Scope,
    @Arg('challenge', () => String, { nullable: true, description: CHALLENGE }) challenge?: string | null,
  ): Promise<PasskeyCeremonyType> {
    return this.enrolment.beginPasskey(scope, challenge ?? undefined);
  }

  @Mutation(() => RegisterPasskeyPayload, { nullable: true, description: 'Takes a passkey into use.' })
  @Public()
  async finishPasskeyRegistration(
    @Arg('input', () => FinishPasskeyRegistrationInput) input: FinishPasskeyRegistrationInput,
    @Ctx() scope: Scope,
  ): Promise<RegisterPasskeyPayload> {
    const { challenge, ...given } = withoutNulls(input);
    const name = parsed(Name, given.name, 'input.name', '1 to 60 characters in one line');
    const response = parsed(PasskeyAttestation, given.response, 'input.response', 'the JSON of a PublicKeyCredential');
    const { passkey, ...enrolled } = await this.enrolment.finishPasskey(scope, challenge, { name, response });
    return { ...enrolled, passkey: passkeyOf(passkey) };
  }

  @Mutation(() => PasskeyCeremonyType, {
    nullable: true,
    description: 'Asks your passkeys for a signature, for verifySecondFactor with the same challenge, or for stepUp without one.',
  })
  @Public()
  beginPasskeyAuthentication(
    @Ctx() scope: Scope,
    @Arg('challenge', () => String, { nullable: true, description: CHALLENGE }) challenge?: string | null,
  ): Promise<PasskeyCeremonyType> {
    return this.enrolment.beginAuthentication(scope, challenge ?? undefined);
  }
}
