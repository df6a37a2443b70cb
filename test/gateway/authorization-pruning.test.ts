import { aLibrary, refusalsIn } from '../support/protected-library';

const { ask } = aLibrary();

describe('what a caller may not ask', () => {
  it('is null with one error, and nothing of it runs [API-003]', async () => {
    const answer = await ask('{ book { title price author { name } } }', { scopes: [] });

    expect(answer.data).toEqual({ book: { title: 'One', price: null, author: null } });
    expect(refusalsIn(answer)).toEqual([
      ['book.price', 'FORBIDDEN', 'Book.price', 'prices:read'],
      ['book.author', 'FORBIDDEN', 'Book.author', 'authors:read'],
    ]);
    expect(answer.called).toEqual(['Query.book']);
  });

  it('is refused at the field that returns it when a type needs more than its parent, as one field [API-003]', async () => {
    const answer = await ask('{ books { nodes { author { name books { author { name } } } } } }', { scopes: [] });

    expect(answer.data).toEqual({ books: { nodes: [{ author: null }, { author: null }] } });
    expect(refusalsIn(answer)).toEqual([['books.nodes.0.author', 'FORBIDDEN', 'Book.author', 'authors:read']]);
  });

  it('gives one error in a list, at the first item that has it, not one for each [API-003]', async () => {
    const answer = await ask('{ books { nodes { twin { price } } } }', { scopes: [] });

    expect(answer.data).toEqual({ books: { nodes: [{ twin: null }, { twin: { price: null } }] } });
    expect(refusalsIn(answer)).toEqual([['books.nodes.1.twin.price', 'FORBIDDEN', 'Book.price', 'prices:read']]);
  });

  it('gives no error where it would not have been in the answer [API-003]', async () => {
    const nothing = await ask('{ book(id: "none") { price } }', { scopes: [] });
    const emptyList = await ask('{ books { nodes { loans { fee } } } }', { scopes: [] });

    expect(nothing).toMatchObject({ data: { book: null }, errors: [] });
    expect(refusalsIn(emptyList)).toEqual([['books.nodes.0.loans', 'FORBIDDEN', 'Book.loans', 'loans:read']]);
  });

  it('keeps its alias and its place among the others [API-003]', async () => {
    const answer = await ask('{ book { a: title cost: price b: id again: price } }', { scopes: [] });

    expect(JSON.stringify(answer.data)).toBe('{"book":{"a":"One","cost":null,"b":"1","again":null}}');
    expect(refusalsIn(answer).map(([path]) => path)).toEqual(['book.cost', 'book.again']);
  });

  it('says where it stands in the document [API-009]', async () => {
    const { errors = [] } = await ask('{ book {\n  price } }', { scopes: [] });

    expect(errors.map(({ locations }) => locations)).toEqual([[{ line: 2, column: 3 }]]);
  });

  it.each([
    ['in a fragment', '{ book { ...f } } fragment f on Book { title price }'],
    ['in a fragment within another', '{ book { ...g } } fragment g on Book { title ...f } fragment f on Book { price }'],
    ['in an inline fragment', '{ book { title ... on Book { price } } }'],
    ['in an inline fragment without a type', '{ book { title ... { price } } }'],
    ['in a fragment on an interface', '{ book { title ... on Item { ... on Book { price } } } }'],
    ['twice under one key', '{ book { title price ...f } } fragment f on Book { price }'],
    ['in two selections of one parent', '{ book { title } book { price } }'],
  ])('is refused once %s [API-003]', async (_where, source) => {
    const answer = await ask(source, { scopes: [] });

    expect(answer.data).toEqual({ book: { title: 'One', price: null } });
    expect(refusalsIn(answer)).toEqual([['book.price', 'FORBIDDEN', 'Book.price', 'prices:read']]);
    expect(answer.called).toEqual(['Query.book']);
  });

  it('is refused once at each path when one fragment is spread at several [API-003]', async () => {
    const answer = await ask('{ x: book { ...f } y: book { ...f } } fragment f on Book { price }', { scopes: [] });

    expect(refusalsIn(answer).map(([path]) => path)).toEqual(['x.price', 'y.price']);
  });

  it.each([
    ['@skip(if: $no)', { no: true }, undefined],
    ['@skip(if: $no)', { no: false }, null],
    ['@include(if: $no)', { no: false }, undefined],
    ['@include(if: $no)', { no: true }, null],
  ])('is left out by %s with %j as it would have been [API-003]', async (directive, variables, expected) => {
    const source = `query ($no: Boolean!) { book { title price ${directive} ... ${directive} { author { name } } } }`;

    const answer = await ask(source, { scopes: [], variables });

    expect(answer.data).toEqual({ book: { title: 'One', ...(expected === null && { price: null, author: null }) } });
    expect(refusalsIn(answer)).toHaveLength(expected === null ? 2 : 0);
  });

  it('takes a parent with it that may not be null without it, up to the next that may [API-003]', async () => {
    const field = await ask('{ hello vault { can must } }', { scopes: [] });
    const list = await ask('{ hello vault { can rows { gold } } }', { scopes: [] });

    expect(field.data).toEqual({ hello: 'hello', vault: null });
    expect(refusalsIn(field)).toEqual([['vault.must', 'FORBIDDEN', 'Vault.must', 'gold:read']]);
    expect(list.data).toEqual({ hello: 'hello', vault: null });
    expect(refusalsIn(list)).toEqual([['vault.rows.0.gold', 'FORBIDDEN', 'Row.gold', 'gold:read']]);
  });

  it('empties the whole answer where no parent may be null [API-003]', async () => {
    const answer = await ask('{ hello strict { title } }', { scopes: null });

    expect(answer.data).toBeNull();
    expect(refusalsIn(answer)).toEqual([['strict', 'UNAUTHENTICATED', 'Query.strict']]);
  });

  it('is answered before what failed, in the order of the answer [API-009]', async () => {
    const answer = await ask('{ broken reports book { price author { name } } }', { scopes: ['prices:read'] });

    expect(refusalsIn(answer)).toEqual([
      ['reports', 'FORBIDDEN', 'Query.reports', 'reports:read'],
      ['book.author', 'FORBIDDEN', 'Book.author', 'authors:read'],
      ['broken', 'broken'],
    ]);
  });

  it('names every scope that is missing, of the alternative that lacks the fewest [API-003]', async () => {
    expect(refusalsIn(await ask('{ reports }', { scopes: ['reports:read'] }))).toEqual([
      ['reports', 'FORBIDDEN', 'Query.reports', 'prices:read'],
    ]);
    expect(refusalsIn(await ask('{ reports }', { scopes: [] }))).toEqual([['reports', 'FORBIDDEN', 'Query.reports', 'audit:read']]);
    expect((await ask('{ reports }', { scopes: ['audit:read'] })).data).toEqual({ reports: 'reports' });
    expect(refusalsIn(await ask('mutation { lend(id: 1) { fee } }', { scopes: [] }))).toEqual([
      ['lend', 'FORBIDDEN', 'Mutation.lend', 'loans:create loans:read'],
    ]);
  });

  it('is refused to a caller without a token as UNAUTHENTICATED, and what is public is answered [SEC-017]', async () => {
    const answer = await ask('{ hello book { title price } }', { scopes: null });

    expect(answer.data).toEqual({ hello: 'hello', book: null });
    expect(refusalsIn(answer)).toEqual([['book', 'UNAUTHENTICATED', 'Query.book']]);
    expect(answer.called).toEqual(['Query.hello']);
  });

  it('does not happen when it is a mutation, while the others do [API-003]', async () => {
    const source = 'mutation { first: buy { id } lend(id: 1) { fee } second: buy { id price } }';

    const answer = await ask(source, { scopes: ['books:create', 'loans:read'] });

    expect(answer.data).toEqual({ first: { id: '1' }, lend: null, second: { id: '1', price: null } });
    expect(answer.called).toEqual(['Mutation.buy', 'Mutation.buy']);
    expect(refusalsIn(answer)).toEqual([
      ['lend', 'FORBIDDEN', 'Mutation.lend', 'loans:create'],
      ['second.price', 'FORBIDDEN', 'Book.price', 'prices:read'],
    ]);
  });

  it('is looked for in the operation that is named, and in no other [API-003]', async () => {
    const source = 'query A { book { price } } query B { book { title } }';

    expect(refusalsIn(await ask(source, { scopes: [], operationName: 'A' }))).toHaveLength(1);
    expect(await ask(source, { scopes: [], operationName: 'B' })).toMatchObject({ data: { book: { title: 'One' } }, errors: [] });
  });

  it('leaves __typename and introspection as they are [API-003]', async () => {
    const answer = await ask('{ __typename __schema { queryType { name } } __type(name: "Author") { name } book { __typename price } }', {
      scopes: [],
    });

    expect(answer.data).toEqual({
      __typename: 'Query',
      __schema: { queryType: { name: 'Query' } },
      __type: { name: 'Author' },
      book: { __typename: 'Book', price: null },
    });
  });

  it('is found at once however often fragments spread each other [API-010]', async () => {
    const doubling = Array.from({ length: 200 }, (_, n) => `fragment F${n} on Book { ...F${n + 1} ...F${n + 1} }`).join(' ');

    const answer = await ask(`{ book { ...F0 } } ${doubling} fragment F200 on Book { title price }`, { scopes: [] });

    expect(answer.data).toEqual({ book: { title: 'One', price: null } });
  });

  it('does not hide that a variable is wrong [API-009]', async () => {
    const answer = await ask('query ($id: ID!) { book(id: $id) { price } }', { scopes: [] });

    expect(answer.data).toBeUndefined();
    expect(answer.errors?.[0]?.message).toContain('"$id"');
  });
});
