import { badInput } from '../../platform/errors';
import { singleLine } from '../users/single-line';

const SLUG = /^[a-z][a-z0-9-]{1,62}$/;
const MAX_NAME_LENGTH = 200;

/** The slug of the platform's own tenant. */
export const PLATFORM_SLUG = 'platform';

/** @throws BAD_USER_INPUT for what is no slug, or the platform's. */
export function slug(text: string): string {
  if (text === PLATFORM_SLUG) throw badInput('input.slug', 'This slug is the platform’s own');
  if (SLUG.test(text)) return text;
  throw badInput('input.slug', 'A slug has 2 to 63 lower-case letters, digits and hyphens, and begins with a letter');
}

/** @throws BAD_USER_INPUT */
export const name = (text: string): string => singleLine('input.name', text, 1, MAX_NAME_LENGTH);

/** @throws BAD_USER_INPUT for what is not two capital letters. */
export function country(text: string): string {
  if (/^[A-Z]{2}$/.test(text)) return text;
  throw badInput('input.country', 'A country is an ISO 3166-1 alpha-2 code, such as DE');
}
