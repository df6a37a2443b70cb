import { createHash } from 'node:crypto';

import type { ModelCtor } from './model';

/** A statement or a part of one: text with numbered parameters. Made by `sql`, never by joining strings. */
export interface Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
}

/** A value from outside may have the shape of a part; only what was made here is one. */
const parts = new WeakSet();

/** Stands for the tenant of the scope that runs the statement: `where t.tenant_id = ${tenant}`. */
export const tenant = Symbol('tenant');

/** A statement: values become bound parameters, nested `sql` parts are spliced in. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const texts: string[] = [strings[0] ?? ''];
  const bound: unknown[] = [];
  values.forEach((value, at) => {
    const after = strings[at + 1] ?? '';
    if (!isSql(value)) {
      bound.push(value);
      texts.push(after);
      return;
    }
    const [first = '', ...rest] = value.strings;
    texts.push(`${texts.pop() ?? ''}${first}`, ...rest);
    texts.push(`${texts.pop() ?? ''}${after}`);
    bound.push(...value.values);
  });
  return part(texts, bound);
}

/** Text that is ours, such as a column name; never anything that came from outside. */
export const raw = (text: string): Sql => part([text], []);

export const empty: Sql = raw('');

/** Joins parts with a separator that is ours: `join(conditions, ' and ')`. */
export const join = (parts: readonly Sql[], separator: string): Sql =>
  parts.reduce((joined, part, at) => (at === 0 ? part : sql`${joined}${raw(separator)}${part}`), empty);

/** The model's columns under the names of its attributes: `t.amount_minor as "amountMinor"`. */
export function columns(model: ModelCtor, alias: string, without: readonly string[] = []): Sql {
  const attributes = Object.entries(model.getAttributes()).filter(([name]) => !without.includes(name));
  return raw(attributes.map(([name, { field = name }]) => `${alias}.${field} as "${name}"`).join(', '));
}

/** Statements that come in many forms. */
const varied = new WeakSet<Sql>();

/**
 * Marks a statement whose text depends on what is asked: filters, orders and cursors combine into thousands. A connection keeps each that is
 * prepared, some 50 KB, for as long as it lives, so only the first of them are.
 */
export function inManyForms(statement: Sql): Sql {
  varied.add(statement);
  return statement;
}

/** What pg executes: with a name, after its text, each connection parses it once; without, each time. */
export interface Prepared {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Enough for what a user interface asks again and again; 10 MB for each connection. */
export const MAX_FORMS = 200;

const names = new Map<string, string>();
const forms = new Set<string>();

/** @throws Error for a statement without its tenant: the query scope is not optional. */
export function prepare(statement: Sql, tenantId: string): Prepared {
  const { strings, values } = statement;
  if (!values.includes(tenant)) throw new Error(`A statement on tenant data must name its tenant: ${strings.join('?')}`);
  const text = strings.reduce((joined, part, at) => `${joined}$${at}${part}`);
  const bound = values.map(value => (value === tenant ? tenantId : value));
  return varied.has(statement) && !isKept(text) ? { text, values: bound } : { name: nameOf(text), text, values: bound };
}

/** Whether this form is one of the first. */
function isKept(text: string): boolean {
  if (forms.size < MAX_FORMS) forms.add(text);
  return forms.has(text);
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `payymo_${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`;
  names.set(text, name);
  return name;
}

function part(strings: readonly string[], values: readonly unknown[]): Sql {
  const made = Object.freeze({ strings, values });
  parts.add(made);
  return made;
}

const isSql = (value: unknown): value is Sql => typeof value === 'object' && value !== null && parts.has(value);
