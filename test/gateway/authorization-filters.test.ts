import { aLibrary, refusalsIn } from '../support/protected-library';

const { ask } = aLibrary();

describe('a filter or an order', () => {
  it.each([
    ['a literal', '{ books(filter: { price: 10 }) { totalCount } }', {}],
    ['a variable', 'query ($price: Int) { books(filter: { title: "One", price: $price }) { totalCount } }', { price: 10 }],
    ['a variable for the whole', 'query ($filter: BookFilter) { books(filter: $filter) { totalCount } }', { filter: { price: 10 } }],
    ['the default of a variable', 'query ($price: Int = 10) { books(filter: { price: $price }) { totalCount } }', {}],
    [
      'the default of a variable for the whole',
      'query ($filter: BookFilter = { price: 10 }) { books(filter: $filter) { totalCount } }',
      {},
    ],
  ])('on a protected field needs its scope too, given as %s [API-003]', async (_how, source, variables) => {
    const refused = await ask(source, { scopes: [], variables });

    expect(refused.data).toEqual({ books: null });
    expect(refusalsIn(refused)).toEqual([['books', 'FORBIDDEN', 'BookFilter.price', 'prices:read']]);
    expect(refused.called).toEqual([]);
    expect((await ask(source, { scopes: ['prices:read'], variables })).data).toEqual({ books: { totalCount: 2 } });
  });

  it.each([
    ['a null', '{ books(filter: { price: null }) { totalCount } }', {}],
    ['no variable', 'query ($price: Int) { books(filter: { price: $price }) { totalCount } }', {}],
    ['a variable that is null', 'query ($price: Int = 3) { books(filter: { price: $price }) { totalCount } }', { price: null }],
    ['a filter that is null', 'query ($filter: BookFilter) { books(filter: $filter) { totalCount } }', { filter: null }],
    ['another filter', 'query ($filter: BookFilter) { books(filter: $filter) { totalCount } }', { filter: { title: 'One' } }],
    ['no filter', '{ books { totalCount } }', {}],
  ])('is not made use of with %s [API-003]', async (_what, source, variables) => {
    expect(await ask(source, { scopes: [], variables })).toMatchObject({ data: { books: { totalCount: 2 } }, errors: [] });
  });

  it('asks what the field asks that it names [API-003]', async () => {
    expect(refusalsIn(await ask('{ books(filter: { authorId: 1 }) { totalCount } }', { scopes: [] }))).toEqual([
      ['books', 'FORBIDDEN', 'BookFilter.authorId', 'authors:read'],
    ]);
  });

  it('tells by its order what a field is worth, whether asked for or by default [API-003]', async () => {
    const byVariable = 'query ($by: BookOrder! = PRICE_DESC) { books(orderBy: $by) { totalCount } }';

    expect(refusalsIn(await ask('{ books(orderBy: PRICE_DESC) { totalCount } }', { scopes: [] }))).toEqual([
      ['books', 'FORBIDDEN', 'BookOrder.PRICE_DESC', 'prices:read'],
    ]);
    expect(refusalsIn(await ask(byVariable, { scopes: [] }))).toHaveLength(1);
    expect(refusalsIn(await ask(byVariable, { scopes: [], variables: { by: 'TITLE_ASC' } }))).toEqual([]);
    expect(refusalsIn(await ask('{ prized { title } }', { scopes: [] }))).toHaveLength(1);
    expect(refusalsIn(await ask('{ prized(orderBy: TITLE_ASC) { title } }', { scopes: [] }))).toEqual([]);
  });

  it('that names no field is refused to everybody: forgetting fails closed [API-003] [SEC-017]', async () => {
    const scopes = ['prices:read', 'authors:read', 'loans:read'];

    const answer = await ask('{ books(filter: { forgotten: 1 }) { totalCount } }', { scopes });

    expect(answer.data).toEqual({ books: null });
    expect(refusalsIn(answer)).toEqual([['books', 'BookFilter.forgotten carries no decision on who may ask for it']]);
  });

  it('is judged for each selection by itself [API-003]', async () => {
    const source =
      'query ($x: Int, $y: Int) { x: books(filter: { price: $x }) { totalCount } y: books(filter: { price: $y }) { totalCount } }';

    const one = await ask(source, { scopes: [], variables: { x: 1 } });
    const other = await ask(source, { scopes: [], variables: { y: 1 } });

    expect(one.data).toEqual({ x: null, y: { totalCount: 2 } });
    expect(other.data).toEqual({ x: { totalCount: 2 }, y: null });
  });
});
