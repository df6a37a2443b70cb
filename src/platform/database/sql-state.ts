import { badInput, type PayymoError } from '../errors';

/** The SQLSTATE (PostgreSQL, appendix A) of what pg or Sequelize threw; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, parent } = (error ?? {}) as { code?: unknown; parent?: { code?: unknown } };
  const state = parent?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}

/** What PostgreSQL cannot hold is the caller's mistake, wherever in the input it stood (appendix A, class 22). */
const INPUT_FAULTS: Readonly<Record<string, string>> = {
  // character_not_in_repertoire, untranslatable_character
  '22021': 'A text must not hold a NUL character',
  '22P05': 'A text must not hold a NUL character',
  // invalid_datetime_format, datetime_field_overflow, invalid_time_zone_displacement_value
  '22007': 'A date or time must be of the years 1 to 9999',
  '22008': 'A date or time must be of the years 1 to 9999',
  '22009': 'A date or time must be of the years 1 to 9999',
};

/** The refusal of a value that a statement failed on; undefined for any other error. */
export function inputFault(error: unknown): PayymoError | undefined {
  const said = INPUT_FAULTS[sqlStateOf(error) ?? ''];
  return said === undefined ? undefined : badInput('input', said);
}
