import { badInput } from '../../platform/errors';

/** Text of one line, without the spaces around it: a name that is shown and mailed. @throws BAD_USER_INPUT */
export function singleLine(field: string, text: string, min: number, max: number): string {
  const trimmed = text.trim();
  if (trimmed.length >= min && trimmed.length <= max && !NO_LINE.test(trimmed)) return trimmed;
  throw badInput(field, `This must be one line of ${min} to ${max} characters`);
}

/** Controls, line and paragraph separators, and half surrogate pairs, which PostgreSQL would refuse. */
const NO_LINE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
