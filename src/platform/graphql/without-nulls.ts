/** Input as if every field that was given as null were left out, at any depth: clients send null for a variable that has no value. */
export const withoutNulls = <Input extends object>(input: Input): Input =>
  Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== null)
      .map(([name, value]: [string, unknown]) => [name, isInput(value) ? withoutNulls(value) : value]),
  ) as Input;

/** An input object, and not a list or what a scalar made. */
const isInput = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
