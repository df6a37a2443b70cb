import { badInput } from '../../platform/errors';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password';
import { once } from './once';
import { isTrivial } from './trivial';

/** Whose password it is to be: no part of it may be in the password. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/**
 * Whether a new password may be used: 12 to 128 characters of any kind (ASVS 6.2.1, 6.2.5, 6.2.9), none that is among the 49,000 that
 * are known from breaches (6.2.4), that names its owner or the product (6.2.11), or that a keyboard or a counter could have typed.
 * @throws BAD_USER_INPUT naming the field.
 * @requirement SEC-021
 */
export async function requireGoodPassword(password: string, owner: PasswordOwner, field = 'password'): Promise<void> {
  // Characters as people count them; a surrogate pair is one.
  const { length } = Array.from(password);
  if (length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
    throw badInput(field, `A password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
  }
  if (namesOf(owner).some(name => password.toLowerCase().includes(name))) {
    throw badInput(field, 'A password must not contain your name, your e-mail address or the name of Payymo');
  }
  if (isTrivial(password)) throw badInput(field, 'This password is too easy to guess: it repeats itself or follows a sequence');
  if (await isKnown(password)) throw badInput(field, 'This password is known from breaches: choose another one');
}

/** Shorter parts are in many words. */
const MIN_NAME_LENGTH = 4;

function namesOf({ email, name }: PasswordOwner): string[] {
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  const parts = [email.toLowerCase(), local, ...local.split(/[._+-]/), domain.split('.')[0] ?? '', ...name.toLowerCase().split(/\s+/)];
  return ['payymo', ...parts.filter(part => part.length >= MIN_NAME_LENGTH)];
}

/** Also with other capitals, with blanks in it, and with as many digits or signs around it: what guessers try first. */
async function isKnown(password: string): Promise<boolean> {
  const list = await known();
  const plain = password.toLowerCase().replaceAll(/\s/g, '');
  const core = plain.replaceAll(/^[\d\W_]+|[\d\W_]+$/g, '');
  return list.has(plain) || (core.length >= plain.length / 2 && list.has(core));
}

/** Some megabytes, which only processes need that see a new password. */
const known = once(async (): Promise<ReadonlySet<string>> => {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
});
