/** A GraphQL enum whose names are its values, from the list that the rows use too. */
export const enumOf = <Name extends string>(names: readonly Name[]): { readonly [N in Name]: N } =>
  Object.freeze(Object.fromEntries(names.map(name => [name, name]))) as { readonly [N in Name]: N };
