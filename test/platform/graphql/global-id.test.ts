import fc from 'fast-check';

import { newId } from '../../../src/platform/database/ids';
import { PayymoError } from '../../../src/platform/errors';
import { globalIds } from '../../../src/platform/graphql/global-id';

const bookIds = globalIds('Book', 'book');
const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
/** The valid vector of the TypeID specification, under our prefix. */
const id = 'book_01h455vb4pex5vsknk084sn02q';

const refusalOf = (input: string): unknown => {
  try {
    return bookIds.decode(input, 'input.bookId');
  } catch (error) {
    return error instanceof PayymoError ? { code: error.code, ...error.details } : error;
  }
};

describe('global ids', () => {
  it('are written as the TypeID specification says [API-008]', () => {
    expect(bookIds.encode(uuid)).toBe(id);
    expect(bookIds.decode(id)).toBe(uuid);
  });

  it('give back every UUID that went in [API-008]', () => {
    fc.assert(fc.property(fc.uuid(), row => bookIds.decode(bookIds.encode(row)) === row));
    const fresh = newId();
    expect(bookIds.decode(bookIds.encode(fresh))).toBe(fresh);
  });

  it('have one spelling: no other text names the same row [API-008]', () => {
    const characters = fc.constantFrom(...Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-'));
    fc.assert(
      fc.property(fc.uuid(), fc.nat(30), characters, (row, at, character) => {
        const text = bookIds.encode(row);
        const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
        fc.pre(changed !== text);
        const result = refusalOf(changed);
        return typeof result !== 'string' || (result !== row && bookIds.encode(result) === changed);
      }),
    );
  });

  it.each([
    ['upper case', id.toUpperCase()],
    ['an upper-case suffix', `book_${id.slice(5).toUpperCase()}`],
    ['one character too many', `${id}0`],
    ['one too few', id.slice(0, -1)],
    ['a number above 2^128', `book_8${id.slice(6)}`],
    ['a letter that base 32 leaves out', id.replace('q', 'u')],
    ['another prefix', id.replace('book', 'page')],
    ['a longer prefix', `a_${id}`],
    ['no prefix', id.slice(5)],
    ['a prefix alone', 'book_'],
    ['a blank', ` ${id}`],
    ['a line break', `${id}\n`],
    ['the UUID itself', uuid],
    ['nothing', ''],
    ['10 kB', 'book_'.padEnd(10_000, '0')],
    ['SQL', `book_'; drop table books; --`],
  ])('are refused with %s, naming the argument [API-008] [API-009]', (_what, input) => {
    expect(refusalOf(input)).toEqual({ code: 'BAD_USER_INPUT', field: 'input.bookId' });
  });

  it('are refused when they are anything but text of ours [API-008]', () => {
    fc.assert(fc.property(fc.string(), input => typeof refusalOf(input) === 'object'));
  });

  it('are told apart by their type in the message [API-009]', () => {
    expect(() => bookIds.decode('page_1')).toThrow('This is not the id of a Book: those begin with book_');
  });
});
