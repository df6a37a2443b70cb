import { z } from 'zod';

import { badInput } from '../../platform/errors';
import { withoutNulls } from '../../platform/graphql/without-nulls';
import { PasskeyAssertion } from './passkey-response';

/** What a user gives as the second factor: exactly one of the three. */
export type GivenFactor =
  | { readonly kind: 'TOTP'; readonly code: string }
  | { readonly kind: 'RECOVERY_CODE'; readonly code: string }
  | { readonly kind: 'PASSKEY'; readonly response: PasskeyAssertion };

const Totp = z
  .string()
  .max(20)
  .transform(code => code.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/));

const Code = z.string().min(1).max(100);

/** Fields that were given as null count as left out. */
export interface FactorInput {
  readonly totp?: string;
  readonly recoveryCode?: string;
  readonly passkey?: Readonly<Record<string, unknown>>;
}

/** @throws BAD_USER_INPUT unless exactly one factor is given, in its form. */
export function givenFactor(input: FactorInput): GivenFactor {
  const { totp, recoveryCode, passkey } = withoutNulls(input);
  if ([totp, recoveryCode, passkey].filter(factor => factor !== undefined).length !== 1)
    throw badInput('input', 'Give exactly one of totp, recoveryCode and passkey');
  if (totp !== undefined) return { kind: 'TOTP', code: totpCode(totp, 'input.totp') };
  if (recoveryCode !== undefined) return { kind: 'RECOVERY_CODE', code: parsed(Code, recoveryCode, 'input.recoveryCode', 'a code') };
  return { kind: 'PASSKEY', response: parsed(PasskeyAssertion, passkey, 'input.passkey', 'the JSON of a PublicKeyCredential') };
}

/** Six digits, however they were grouped. @throws BAD_USER_INPUT */
export const totpCode = (code: string, field: string): string => parsed(Totp, code, field, 'six digits');

/** @throws BAD_USER_INPUT naming the field and what it must be, never what it was. */
export function parsed<Shape extends z.ZodType>(shape: Shape, value: unknown, field: string, what: string): z.infer<Shape> {
  const result = shape.safeParse(value);
  if (!result.success) throw badInput(field, `This must be ${what}`);
  return result.data;
}
