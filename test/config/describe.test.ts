import { readFileSync } from 'node:fs';

import { Environment, SECRET_VARIABLES } from '../../src/config/config';
import { configurationDoc } from '../../src/config/describe';
import { documentPath } from './configuration-doc';

/** The cells of a variable's line: name, default, secret, meaning. */
function cellsOf(name: string): string[] {
  const line = configurationDoc()
    .split('\n')
    .find(text => text.startsWith(`| \`${name}\` |`));
  return (line ?? '')
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim());
}

describe('docs/configuration.md', () => {
  it('is what the code says [ARC-007]', () => {
    expect(readFileSync(documentPath, 'utf8')).toBe(configurationDoc());
  });

  it.each(Object.keys(Environment.shape))('describes %s [ARC-007]', name => {
    const [, , secret, meaning = ''] = cellsOf(name);

    expect(meaning.length).toBeGreaterThan(10);
    expect(secret).toBe(SECRET_VARIABLES.some(known => known === name) ? 'yes' : '');
  });

  it('tells required variables from optional ones and from those with a default [ARC-007]', () => {
    expect(cellsOf('DATABASE_URL')[1]).toBe('**required**');
    expect(cellsOf('PAYYMO_PUBLIC_URL')[1]).toBe('not set');
    expect(cellsOf('PAYYMO_PORT')[1]).toBe('`4000`');
    expect(cellsOf('PAYYMO_ALLOWED_ORIGINS')[1]).toBe('empty');
  });
});
