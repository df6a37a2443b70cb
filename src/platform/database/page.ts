import { createHash } from 'node:crypto';

import { z } from 'zod';

import { isoDate } from '../clock';
import { badInput } from '../errors';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type Page, type PageArgs } from '../graphql/page.type';
import type { Scope } from './scope';
import { empty, inManyForms, join, raw, type Sql, sql } from './sql';

/** An order that a list offers: its key columns, all not null and in one direction; the row's id is always the last. */
export interface Ordering {
  /** Enters the cursor, so that one of another order is refused. */
  readonly name: string;
  /** Expression in SQL, ours; and the cast that brings its text form back. */
  readonly column: string;
  readonly type: 'date' | 'bigint' | 'int' | 'timestamptz' | 'text';
  readonly descending: boolean;
}

export interface List {
  /** `columns(Model, 'x')` */
  readonly select: Sql;
  /** `transactions t` */
  readonly from: Sql;
  /** Alias of the table whose `id` breaks ties. */
  readonly alias: string;
  /** Conditions, the tenant's among them. */
  readonly where: readonly Sql[];
  readonly ordering: Ordering;
}

type Row<R> = R & { readonly id: string; readonly cursorKey: string };

const Cursor = z.tuple([z.string().max(100), z.string().max(200), z.uuid()]);

/**
 * One page by keyset: stable while rows come and go, and as fast at the end of the list as at its start.
 * @throws BAD_USER_INPUT for a page size out of range, contradicting arguments, or a cursor that is not of this very list.
 * @requirement API-008
 */
export async function pageOf<R extends object>(scope: Scope, list: List, args: PageArgs): Promise<Page<R>> {
  const { size, backward } = extent(args);
  const signature = signatureOf(list);
  const rows = await scope.rows<Row<R>>(statement(list, signature, args, size + 1, backward));
  const more = rows.length > size;
  const kept = backward ? rows.slice(0, size).reverse() : rows.slice(0, size);
  const edges = kept.map(row => ({ node: row, cursor: cursorOf(signature, row) }));
  return {
    edges,
    nodes: kept,
    pageInfo: {
      hasNextPage: backward ? args.before !== undefined : more,
      hasPreviousPage: backward ? more : args.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => count(scope, list),
  };
}

function extent({ first, last, after, before }: PageArgs): { size: number; backward: boolean } {
  if (first !== undefined && last !== undefined) throw badInput('last', 'Give first or last, not both');
  const backward = last !== undefined || (first === undefined && before !== undefined);
  if (backward && after !== undefined) throw badInput('after', 'after goes with first, before with last');
  if (!backward && before !== undefined) throw badInput('before', 'before goes with last, after with first');
  const size = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) throw badInput(backward ? 'last' : 'first', `A page holds 1 to ${MAX_PAGE_SIZE} items`);
  return { size, backward };
}

function statement(list: List, signature: string, args: PageArgs, limit: number, backward: boolean): Sql {
  const { column, type, descending } = list.ordering;
  const downward = descending !== backward;
  const cursor = backward ? args.before : args.after;
  const key = raw(column);
  const id = raw(`${list.alias}.id`);
  const direction = raw(downward ? 'desc' : 'asc');
  const start =
    cursor === undefined ? empty : startAfter(readCursor(signature, type, cursor, backward ? 'before' : 'after'), key, id, type, downward);
  return inManyForms(sql`select ${list.select}, ${key}::text as "cursorKey" from ${list.from} where ${join(list.where, ' and ')}${start}
    order by ${key} ${direction}, ${id} ${direction} limit ${limit}`);
}

function startAfter(
  { value, id: after }: { value: string; id: string },
  key: Sql,
  id: Sql,
  type: Ordering['type'],
  downward: boolean,
): Sql {
  return sql` and (${key}, ${id}) ${raw(downward ? '<' : '>')} (${value}::${raw(type)}, ${after}::uuid)`;
}

async function count(scope: Scope, { from, where }: List): Promise<number> {
  const statement = inManyForms(sql`select count(*)::int as count from ${from} where ${join(where, ' and ')}`);
  const [row] = await scope.rows<{ count: number }>(statement);
  return row?.count ?? 0;
}

/** A cursor belongs to one order and one filter: with another it would skip or repeat rows. */
function signatureOf({ ordering, where }: List): string {
  const values = where.flatMap(condition => [
    ...condition.strings,
    ...condition.values.map(value => (typeof value === 'symbol' ? '' : JSON.stringify(value))),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([ordering.name, ordering.descending, values]))
    .digest('base64url')
    .slice(0, 12);
}

const cursorOf = (signature: string, { cursorKey, id }: { cursorKey: string; id: string }): string =>
  Buffer.from(JSON.stringify([signature, cursorKey, id])).toString('base64url');

/** Date.parse takes 30 February for 2 March, and knows a year 0. */
const isDay = (day: string) => day >= '0001' && isInstant(day) && isoDate(new Date(day)) === day;
const isInstant = (value: string) => !Number.isNaN(Date.parse(value));
const INT64 = 2n ** 63n;

/** What a key must be before it is cast: a forged cursor must not make a statement fail. */
const FITS: Record<Ordering['type'], (value: string) => boolean> = {
  date: value => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value),
  timestamptz: value =>
    /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-](0\d|1[0-5])$/.test(value) &&
    isDay(value.slice(0, 10)) &&
    isInstant(`${value}:00`),
  bigint: value => /^-?\d{1,19}$/.test(value) && BigInt(value) < INT64 && BigInt(value) >= -INT64,
  int: value => /^-?\d{1,9}$/.test(value),
  text: value => !value.includes('\0'),
};

function readCursor(signature: string, type: Ordering['type'], cursor: string, field: string): { value: string; id: string } {
  const parsed = Cursor.safeParse(jsonOf(cursor));
  if (!parsed.success || !FITS[type](parsed.data[1]))
    throw badInput(field, 'This is not a cursor of ours: give back one exactly as it came');
  const [of, value, id] = parsed.data;
  if (of !== signature) throw badInput(field, 'This cursor belongs to another list, filter or order: begin again without it');
  return { value, id };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
