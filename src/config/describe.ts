import { Environment, SECRET_VARIABLES } from './config';

/** docs/configuration.md: every variable, in the order of `Environment`. */
export function configurationDoc(): string {
  const rows = Object.entries(Environment.shape).map(([name, schema]) =>
    row([`\`${name}\``, defaultOf(schema.safeParse(undefined)), isSecret(name) ? 'yes' : '', schema.description ?? '']),
  );
  return `${INTRODUCTION}\n\n${[...HEAD, ...rows].join('\n')}\n`;
}

const INTRODUCTION = `# Configuration

Payymo reads its settings from the environment when it starts, names every fault at once, and refuses to run with any. An empty
variable counts as not set. A secret can also be given as \`NAME_FILE\`, the path of a file that holds the value: such a file wins over
\`NAME\`. Printed from src/config/config.ts; do not edit.`;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const HEAD = [row(['Variable', 'Default', 'Secret', 'Meaning']), row(['---', '---', '---', '---'])];

const isSecret = (name: string): boolean => SECRET_VARIABLES.some(secret => secret === name);

/** What the schema makes of a missing variable tells whether it is required, optional, or has a default. */
function defaultOf({ success, data }: { readonly success: boolean; readonly data?: unknown }): string {
  if (!success) return '**required**';
  if (data === undefined) return 'not set';
  return data === '' || (Array.isArray(data) && data.length === 0) ? 'empty' : `\`${JSON.stringify(data).replaceAll('"', '')}\``;
}
