import { badInput } from '../errors';

/** RFC 5321, section 4.5.3.1.3: a path of 256 octets less its brackets. */
const MAX_LENGTH = 254;

/**
 * Local part and domain as HTML's e-mail field takes them, in lower case: no quotes, comments, lists, spaces or controls, so that an address can
 * neither begin another header nor name a second recipient.
 */
const ADDRESS = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** An address as it is kept and compared: without the spaces around it, in lower case. */
export const normalAddress = (text: string): string => text.trim().toLowerCase();

/** Whether a mail can go to this address; of a normal one. */
export const isMailAddress = (text: string): boolean => text.length <= MAX_LENGTH && ADDRESS.test(text);

/** The normal form. @throws BAD_USER_INPUT for what no mail can be sent to. */
export function mailAddress(field: string, text: string): string {
  const address = normalAddress(text);
  if (!isMailAddress(address)) throw badInput(field, 'This is not an e-mail address');
  return address;
}
