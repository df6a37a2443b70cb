import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';

import { limitRules } from '../../src/gateway/limits';

const schema = buildSchema(`
  directive @public on FIELD_DEFINITION | OBJECT
  type Tokens @public { accessToken: String }
  type Query { a: Query b: Int }
  type Mutation { m: Int signIn: Int @public resetPassword: Int @public stepUp: Tokens }
`);
const faults = (document: string): string[] => validate(schema, parse(document), limitRules).map(({ message }) => message);
const nested = (depth: number): string => `${'a { '.repeat(depth - 1)}b${' }'.repeat(depth - 1)}`;

describe('the limits of a document', () => {
  it('let fields nest twelve deep and no deeper [API-010]', () => {
    expect(faults(`{ ${nested(12)} }`)).toEqual([]);
    expect(faults(`{ ${nested(13)} }`)).toEqual(['Fields may nest 12 deep']);
  });

  it('count through fragments, named and inline [API-010]', () => {
    expect(faults(`{ a { ...F } } fragment F on Query { ... on Query { ${nested(12)} } }`)).toEqual(['Fields may nest 12 deep']);
    expect(faults(`{ a { ...F } } fragment F on Query { ${nested(11)} }`)).toEqual([]);
  });

  it('end on fragments that contain themselves [API-010]', () => {
    expect(faults('{ ...F } fragment F on Query { a { ...F } }')).toEqual([]);
  });

  it('let an operation hold a thousand fields and no more, however aliases and fragments multiply them [API-010]', () => {
    const aliased = (count: number, inner: string) => Array.from({ length: count }, (_, at) => `a${at}: a { ${inner} }`).join(' ');
    const cubed = (count: number) =>
      `{ ${aliased(count, '...F')} } fragment F on Query { ${aliased(count, '...G')} } fragment G on Query { ${aliased(count, 'b')} }`;
    expect(faults(cubed(7))).toEqual([]);
    expect(faults(cubed(10))).toEqual(['An operation may hold 1000 fields']);
    expect(faults(`{ ${aliased(500, 'b')} }`)).toEqual([]);
    expect(faults(`{ b ${aliased(500, 'b')} }`)).toEqual(['An operation may hold 1000 fields']);
    expect(faults(cubed(7).replace('}', '} query Other { b }'))).toEqual(faults(cubed(7)));
  });

  it('let the introspection of explorers and code generators pass [API-010] [API-006]', () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    });

    expect(faults(query)).toEqual([]);
  });

  it('let an operation hold ten mutations and no more, aliased or in fragments [API-010]', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `m${at}: m`).join(' ');
    expect(faults(`mutation { ${many(10)} }`)).toEqual([]);
    expect(faults(`mutation { ${many(11)} }`)).toEqual(['An operation may hold 10 mutations']);
    expect(faults(`mutation { ...F ${many(6)} } fragment F on Mutation { ${many(5)} }`)).toEqual(['An operation may hold 10 mutations']);
    expect(faults(`{ ${Array.from({ length: 20 }, (_, at) => `b${at}: b`).join(' ')} }`)).toEqual([]);
  });

  it.each([
    ['twice the same', 'mutation { x: signIn y: signIn }'],
    ['two that anybody may ask', 'mutation { signIn resetPassword }'],
    ['one of them that gives tokens', 'mutation { signIn stepUp { accessToken } }'],
    ['one in a fragment', 'mutation { signIn ...F } fragment F on Mutation { x: signIn }'],
    ['one fragment twice', 'mutation { ...F ... { ...F } } fragment F on Mutation { signIn }'],
  ])('let an operation try one credential: not %s [API-010] [SEC-021]', (_what, document) => {
    expect(faults(document)).toEqual(['An operation may hold one mutation that takes or gives credentials']);
  });

  it('let a credential stand beside other mutations, and one in each operation of a document [API-010]', () => {
    expect(faults('mutation A { signIn m } mutation B { x: m stepUp { accessToken } }')).toEqual([]);
  });

  it('are found at once however often fragments spread each other [API-010]', () => {
    const doubling = Array.from({ length: 200 }, (_, n) => `fragment F${n} on Mutation { ...F${n + 1} ...F${n + 1} }`).join(' ');

    expect(faults(`mutation { ...F0 } ${doubling} fragment F200 on Mutation { m }`)).toEqual([
      'An operation may hold 1000 fields',
      'An operation may hold 10 mutations',
    ]);
  });
});
