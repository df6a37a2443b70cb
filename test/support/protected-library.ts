import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { type ExecutionResult, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';

import { authorize } from '../../src/gateway/authorize';
import { authorizedExecutor } from '../../src/gateway/executor';
import { jobPrincipal, type Principal } from '../../src/platform/auth/principal';
import type { Clock } from '../../src/platform/clock';
import { Scope } from '../../src/platform/database/scope';

/** The directives of the fused schema, for schemas of tests. */
export const DIRECTIVES = `
  directive @public on FIELD_DEFINITION | OBJECT
  directive @authenticated on FIELD_DEFINITION | OBJECT
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT
  directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT
  directive @filtersOn(fields: [String!]!) on INPUT_FIELD_DEFINITION
`;

const SDL = `
  ${DIRECTIVES}
  interface Item { id: ID! title: String shelf: String }
  type Book implements Item @authenticated {
    id: ID! title: String
    shelf: String @requiresScopes(scopes: [["shelves:read"]])
    price: Int @requiresScopes(scopes: [["prices:read"]])
    author: Author
    loans: [Loan!]
    twin: Book
  }
  type Film implements Item @requiresScopes(scopes: [["films:read"]]) { id: ID! title: String shelf: String price: String }
  type Author @requiresScopes(scopes: [["authors:read"]]) { name: String! books: [Book!]! }
  type Loan @requiresScopes(scopes: [["loans:read"]]) { reader: String! fee: Int }
  union Work = Book | Film
  type BookConnection @authenticated { nodes: [Book!]! totalCount: Int! }
  input BookFilter { title: String price: Int authorId: ID @filtersOn(fields: ["author"]) forgotten: Int }
  enum BookOrder { TITLE_ASC PRICE_DESC }
  type Query {
    hello: String @public
    broken: String @public
    books(filter: BookFilter, orderBy: BookOrder! = TITLE_ASC): BookConnection @authenticated
    prized(orderBy: BookOrder = PRICE_DESC): [Book!] @authenticated
    book(id: ID): Book @authenticated
    strict: Book! @authenticated
    vault: Vault @authenticated
    items: [Item!] @authenticated
    works: [Work] @authenticated
    reports: String @requiresScopes(scopes: [["reports:read", "prices:read"], ["audit:read"]])
  }
  type Vault @authenticated { must: String! @requiresScopes(scopes: [["gold:read"]]) rows: [Row!]! can: String }
  type Row @authenticated { gold: String! @requiresScopes(scopes: [["gold:read"]]) }
  type Mutation {
    lend(id: ID!): Loan @requiresScopes(scopes: [["loans:create"]])
    buy(title: String): Book @requiresScopes(scopes: [["books:create"]])
    sell(title: String): Boolean @requiresScopes(scopes: [["books:delete"]]) @policy(policies: [["step-up"]])
    burn: Boolean @policy(policies: [["never-heard-of"]])
    join(name: String): Boolean @public
    leave: Boolean @public
  }
`;

const AUTHOR = { name: 'Ada' };
const BOOKS: readonly object[] = [
  { __typename: 'Book', id: '1', title: 'One', shelf: 'A', price: 10, author: AUTHOR, loans: [{ reader: 'Rita', fee: 1 }], twin: null },
  { __typename: 'Book', id: '2', title: 'Two', shelf: 'B', price: 20, author: AUTHOR, loans: [], twin: { id: '1', title: 'One' } },
];
const FILM = { __typename: 'Film', id: '3', title: 'Three', shelf: 'C', price: 'free' };

/** Of a library, with what every kind of decision stands on; `called` takes the coordinate of each resolver that ran. */
function library(called: string[]): GraphQLSchema {
  const counted =
    <Value>(coordinate: string, value: Value) =>
    () => {
      called.push(coordinate);
      return value;
    };
  return makeExecutableSchema({
    typeDefs: SDL,
    resolvers: {
      Query: {
        hello: counted('Query.hello', 'hello'),
        broken: () => {
          throw new Error('broken');
        },
        books: counted('Query.books', { nodes: BOOKS, totalCount: 2 }),
        prized: counted('Query.prized', BOOKS),
        book: (_: unknown, { id }: { id?: string }) => counted('Query.book', id === 'none' ? null : BOOKS[0])(),
        strict: counted('Query.strict', BOOKS[0]),
        vault: counted('Query.vault', { must: 'gold', rows: [{ gold: 'g' }], can: 'tin' }),
        items: counted('Query.items', [...BOOKS, FILM]),
        works: counted('Query.works', [BOOKS[0], FILM]),
        reports: counted('Query.reports', 'reports'),
      },
      Book: {
        shelf: ({ shelf }: { shelf: string }) => counted('Book.shelf', shelf)(),
        price: ({ price }: { price: number }) => counted('Book.price', price)(),
        author: ({ author }: { author: unknown }) => counted('Book.author', author)(),
        loans: ({ loans }: { loans: unknown }) => counted('Book.loans', loans)(),
      },
      Mutation: {
        lend: counted('Mutation.lend', { reader: 'Rita', fee: 2 }),
        buy: counted('Mutation.buy', BOOKS[0]),
        sell: counted('Mutation.sell', true),
        burn: counted('Mutation.burn', true),
        join: counted('Mutation.join', true),
        leave: counted('Mutation.leave', true),
      },
    },
  });
}

export interface Answered extends ExecutionResult {
  /** The resolvers that ran, by their coordinates, in turn. */
  readonly called: readonly string[];
}

export interface Asking {
  /** Null for somebody who is not signed in. */
  readonly scopes: readonly string[] | null;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly person?: Partial<Principal>;
}

export interface Library {
  readonly schema: GraphQLSchema;
  readonly ask: (source: string, asking: Asking) => Promise<Answered>;
}

/** Asks the library, after validation, through the executor of the gateway. */
export function aLibrary(clock: Clock = { now: () => new Date('2026-11-22T12:00:00Z') }): Library {
  const called: string[] = [];
  const schema = authorize(library(called), clock);
  const execute = authorizedExecutor(schema);
  return {
    schema,
    ask: async (source, { scopes, variables, operationName, person = {} }) => {
      const document = parse(source);
      const [mistake] = validate(schema, document);
      if (mistake) throw mistake;
      called.length = 0;
      const principal = scopes && { ...jobPrincipal('', 'test'), scopes: new Set(scopes), ...person };
      const operations = document.definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
      const operation = operations.find(({ name }) => operationName === undefined || name?.value === operationName);
      const scope = new Scope({} as never, principal, 'test');
      const result = await execute({ document, operation, operationName, variables, scope });
      return { ...(JSON.parse(JSON.stringify(result)) as ExecutionResult), errors: result.errors ?? [], called: [...called] };
    },
  };
}

/** What an error says: where, what is refused, and what is missing. */
export function refusalsIn({ errors = [] }: ExecutionResult): unknown[][] {
  return errors.map(({ path, originalError }) => {
    const { code, details } = originalError as unknown as { code?: string; details?: Record<string, unknown> };
    return [path?.join('.'), code ?? originalError?.message, details?.['coordinate'], details?.['scope']].filter(
      fact => fact !== undefined,
    );
  });
}
