import { badInput, type PayymoError } from '../errors';

/** The SQLSTATE (PostgreSQL, appendix A) of what pg or Sequelize threw; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, parent } = (error ?? {}) as { code?: unknown; parent?: { code?: unknown } };
  const state = parent?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}

/** character_not_in_repertoire and untranslatable_character: PostgreSQL's texts and JSON hold no NUL. */
const NUL_STATES: ReadonlySet<string> = new Set(['22021', '22P05']);

/** A NUL character is the caller's mistake, wherever in the input it stood; undefined for any other error. */
export const nulFault = (error: unknown): PayymoError | undefined =>
  NUL_STATES.has(sqlStateOf(error) ?? '') ? badInput('input', 'A text must not hold a NUL character') : undefined;
