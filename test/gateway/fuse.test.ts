import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { graphql, type GraphQLSchema, isObjectType, parse } from 'graphql';

import { fuse } from '../../src/gateway/fuse';
import type { Subgraph } from '../../src/gateway/subgraph';
import { Scope } from '../../src/platform/database/scope';
import { globalIds } from '../../src/platform/graphql/global-id';
import { oneByKey } from '../../src/platform/graphql/loader';
import type { EntityOwner } from '../../src/platform/module';

const uuid = (last: number) => `01890a5d-ac96-774b-bcce-${String(last).padStart(12, '0')}`;
const bookIds = globalIds('Book', 'book');
const authorIds = globalIds('Author', 'auth');
const bookId = (last: number) => bookIds.encode(uuid(last));
const authorId = (last: number) => authorIds.encode(uuid(last));

const rows = {
  books: [1, 2, 3].map(n => ({ id: uuid(n), title: `Book ${n}`, secret: `of the library ${n}`, author: n === 3 ? 1 : n })),
  authors: [1, 2].map(n => ({ id: uuid(n), name: `Author ${n}` })),
};
/** What the loaders were asked for, batch by batch. */
const loads: string[] = [];
const given: unknown[] = [];

const owner = (ids: EntityOwner['ids'], of: readonly { readonly id: string }[]): EntityOwner => ({
  ids,
  byId: oneByKey(
    (_scope, keys) => {
      loads.push(`${ids.typeName} ${keys.map(key => Number(key.slice(-3))).join(',')}`);
      return Promise.resolve(of.filter(({ id }) => keys.includes(id)));
    },
    ({ id }: { readonly id: string }) => id,
  ),
});

const subgraph = (name: string, sdl: string, resolvers: IResolvers, entities: EntityOwner[] = []): Subgraph => {
  const typeDefs = parse(sdl);
  const directives = 'directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE';
  return { name, typeDefs, entities, schema: makeExecutableSchema({ typeDefs: [directives, typeDefs], resolvers }) };
};

const library = subgraph(
  'library',
  `interface Node { id: ID! }
   type Book implements Node @key(fields: "id") { id: ID! title: String! shelf: String }
   type Query { books: [Book!]! }`,
  { Query: { books: () => rows.books }, Book: { shelf: ({ secret }: { secret: string }) => `${secret.slice(0, 2)} A` } },
  [owner(bookIds, rows.books)],
);
const people = subgraph(
  'people',
  `interface Node { id: ID! }
   type Author implements Node @key(fields: "id") { id: ID! name: String! }
   type Query { authors: [Author!]! }`,
  { Query: { authors: () => rows.authors } },
  [owner(authorIds, rows.authors)],
);
/** Knows who wrote what, and owns nothing. */
const catalogue = subgraph(
  'catalogue',
  `interface Node { id: ID! }
   type Book @key(fields: "id") { id: ID! author: Author coauthors: [Author] }
   type Author @key(fields: "id") { id: ID! latest: Book! books: [Book!]! }
   type Query { book(n: Int!): Book node(id: ID!): Node }`,
  {
    Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Query: {
      book: (_: unknown, { n }: { n: number }) => ({ id: bookId(n) }),
      node: (_: unknown, { id }: { id: string }) => ({ __typename: id.startsWith('book') ? 'Book' : 'Author', id }),
    },
    Book: {
      author: (source: { id: string }) => {
        given.push(source);
        const number = Number(bookIds.decode(source.id).slice(-3));
        return Promise.resolve(number > 3 ? null : { id: authorId(rows.books[number - 1]?.author ?? 9) });
      },
      coauthors: () => [{ id: authorId(1) }, null, { id: authorId(2) }, { id: authorId(9) }],
    },
    Author: { latest: () => ({ id: bookId(2) }), books: () => [{ id: bookId(1) }, { id: bookId(3) }] },
  },
);

const fused: GraphQLSchema = fuse([library, people, catalogue]);
const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
  loads.length = 0;
  given.length = 0;
  return graphql({ schema: fused, source, variableValues, contextValue: new Scope({} as never, null, 'test') });
};

describe('fuse', () => {
  it('unites the fields of an entity, its owner’s and those that others add [API-001]', () => {
    const book = fused.getType('Book');

    expect(isObjectType(book) && Object.keys(book.getFields()).sort()).toEqual(['author', 'coauthors', 'id', 'shelf', 'title']);
    expect(Object.keys(fused.getQueryType()?.getFields() ?? {}).sort()).toEqual(['authors', 'book', 'books', 'node']);
  });

  it('loads what a reference names through its owner, all in one batch [API-001] [API-004]', async () => {
    expect(await ask('{ books { title author { name } } }')).toEqual({
      data: {
        books: [
          { title: 'Book 1', author: { name: 'Author 1' } },
          { title: 'Book 2', author: { name: 'Author 2' } },
          { title: 'Book 3', author: { name: 'Author 1' } },
        ],
      },
    });
    expect(loads).toEqual(['Author 1,2']);
  });

  it('goes there and back again with one batch for each step [API-004]', async () => {
    const { data, errors } = await ask('{ books { author { books { title shelf author { name latest { title } } } } } }');

    expect(errors).toBeUndefined();
    expect(data?.['books']).toHaveLength(3);
    expect(loads).toEqual(['Author 1,2', 'Book 1,3', 'Book 2']);
  });

  it('gives a field that another subgraph adds the key, never the row [API-001] [SEC-016]', async () => {
    await ask('{ books { author { id } } }');

    expect(given.map(source => ({ ...(source as object) }))).toEqual([1, 2, 3].map(n => ({ __typename: 'Book', id: bookId(n) })));
  });

  it.each([
    ['the id', '{ books { author { id } } }'],
    ['the type’s name', '{ books { author { __typename } } }'],
    ['both under other names', '{ books { author { key: id kind: __typename } } }'],
  ])('loads nothing when only %s is asked for [API-004]', async (_what, query) => {
    const { errors } = await ask(query);

    expect(errors).toBeUndefined();
    expect(loads).toEqual([]);
  });

  it.each([
    ['fragments', '{ books { author { ...f } } } fragment f on Author { id name }'],
    ['inline fragments', '{ books { author { ... on Author { name } } } }'],
    ['a field that is asked for twice', '{ books { author { id } author { name } } }'],
    ['a fragment beside a field', '{ books { author { id } ...f } } fragment f on Book { author { name } }'],
    ['aliases', '{ books { author { id: name } } }'],
  ])('loads what %s ask for [API-001]', async (_what, query) => {
    const { data, errors } = await ask(query);

    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('Author 2');
  });

  it('loads what @include and @skip leave, whatever an earlier run of the same document left [API-001]', async () => {
    const query = 'query ($all: Boolean!) { books { author { id name @include(if: $all) } } }';

    expect(JSON.stringify((await ask(query, { all: false })).data)).not.toContain('Author 1');
    expect(JSON.stringify((await ask(query, { all: true })).data)).toContain('Author 1');
  });

  it('leaves nulls in lists where they are, and gives null for what its owner does not know [API-001]', async () => {
    expect(await ask('{ book(n: 1) { coauthors { name } } }')).toEqual({
      data: { book: { coauthors: [{ name: 'Author 1' }, null, { name: 'Author 2' }, null] } },
    });
    expect(await ask('{ book(n: 9) { title } }')).toEqual({ data: { book: null } });
  });

  it('adds a field to a reference without loading the entity [API-004]', async () => {
    expect(await ask('{ book(n: 2) { id } }')).toEqual({ data: { book: { id: bookId(2) } } });
    expect(loads).toEqual([]);
  });

  it('resolves an interface to whichever entity the reference names, its added fields too [API-001] [API-008]', async () => {
    const query = 'query ($id: ID!) { node(id: $id) { __typename id ... on Book { title author { name } } ... on Author { name } } }';

    expect((await ask(query, { id: bookId(3) })).data).toEqual({
      node: { __typename: 'Book', id: bookId(3), title: 'Book 3', author: { name: 'Author 1' } },
    });
    expect((await ask(query, { id: authorId(2) })).data).toEqual({ node: { __typename: 'Author', id: authorId(2), name: 'Author 2' } });
    expect((await ask(query, { id: authorId(7) })).data).toEqual({ node: null });
  });

  it('leaves a row that two fields share as it is, also when an interface gives it a type [API-001]', async () => {
    await ask(`{ node(id: "${bookId(1)}") { id } }`);

    expect(Object.keys(rows.books[0] ?? {})).toEqual(['id', 'title', 'secret', 'author']);
  });
});
