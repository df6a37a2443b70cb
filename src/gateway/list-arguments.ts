import { type FieldNode, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql';

import type { ListArguments } from './filters';

export type Variables = Readonly<Record<string, unknown>>;

/** The variables as given, and the defaults of those that were not. */
export function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, given: Variables): Variables {
  const defaults = variableDefinitions.flatMap(({ variable: { name }, defaultValue }) =>
    defaultValue && !Object.hasOwn(given, name.value) ? [[name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  // Without a prototype: a variable may be called constructor.
  return Object.assign(Object.create(null) as Record<string, unknown>, given, Object.fromEntries(defaults));
}

/** What a selection gives as `filter` and `orderBy`, whether it is written in the document or comes by variables. */
export function listArguments({ arguments: written = [] }: FieldNode, variables: Variables): ListArguments {
  const value = (name: string) => {
    const argument = written.find(one => one.name.value === name);
    return argument && valueFromASTUntyped(argument.value, variables);
  };
  return { filter: value('filter'), orderBy: value('orderBy') };
}
