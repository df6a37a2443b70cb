import { aLibrary, refusalsIn } from '../support/protected-library';

const { ask } = aLibrary();

describe('behind an interface or a union', () => {
  it('an object is refused whose type needs more than the caller has, and the others are there [API-003] [SEC-017]', async () => {
    const answer = await ask('{ items { __typename id } works { ... on Film { price } ... on Book { title } } }', { scopes: [] });

    expect(answer.data).toEqual({ items: null, works: [{ title: 'One' }, null] });
    expect(refusalsIn(answer)).toEqual([
      ['items.2', 'FORBIDDEN', 'Query.items', 'films:read'],
      ['works.1', 'FORBIDDEN', 'Query.works', 'films:read'],
    ]);
  });

  it('even its type is not told [API-003] [SEC-017]', async () => {
    const answer = await ask('{ works { __typename } }', { scopes: [] });

    expect(answer.data).toEqual({ works: [{ __typename: 'Book' }, null] });
  });

  it('a field is refused for the types that need more for it, once for each [API-003]', async () => {
    const answer = await ask('{ items { id place: shelf } }', { scopes: ['films:read'] });

    expect(answer.data).toEqual({
      items: [
        { id: '1', place: null },
        { id: '2', place: null },
        { id: '3', place: 'C' },
      ],
    });
    expect(refusalsIn(answer)).toEqual([['items.0.place', 'FORBIDDEN', 'Book.shelf', 'shelves:read']]);
    expect(answer.called).toEqual(['Query.items']);
  });

  it('keys that mean different fields are told apart by the type of each object [API-003]', async () => {
    const answer = await ask('{ items { ... on Book { x: shelf } ... on Film { x: title } y: title } }', { scopes: ['films:read'] });

    expect(answer.data).toEqual({
      items: [
        { x: null, y: 'One' },
        { x: null, y: 'Two' },
        { x: 'Three', y: 'Three' },
      ],
    });
    expect(refusalsIn(answer)).toEqual([['items.0.x', 'FORBIDDEN', 'Book.shelf', 'shelves:read']]);
  });

  it('nothing is left of how that is found out [API-003]', async () => {
    const source =
      '{ items { ...f } works { ... on Item { ...f } } } fragment f on Item { id ... on Book { author { name } shelf twin { shelf } } }';

    const answer = await ask(source, { scopes: ['films:read'] });

    expect(answer.data).toEqual({
      items: [
        { id: '1', author: null, shelf: null, twin: null },
        { id: '2', author: null, shelf: null, twin: { shelf: null } },
        { id: '3' },
      ],
      works: [{ id: '1', author: null, shelf: null, twin: null }, { id: '3' }],
    });
    expect(refusalsIn(answer).map(([path, , coordinate]) => [path, coordinate])).toEqual([
      ['items.0.author', 'Book.author'],
      ['items.0.shelf', 'Book.shelf'],
      ['items.1.twin.shelf', 'Book.shelf'],
      ['works.0.author', 'Book.author'],
      ['works.0.shelf', 'Book.shelf'],
    ]);
  });
});
