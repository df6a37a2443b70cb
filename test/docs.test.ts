import { readFileSync } from 'node:fs';
import path from 'node:path';

import { buildSchema, parse, validate } from 'graphql';

import { errorsDoc } from '../src/platform/errors-doc';

const read = (file: string): string => readFileSync(path.join(__dirname, '..', file), 'utf8');

describe('the documents', () => {
  it('list every error code as the catalogue has it [API-009] [UX-003]', () => {
    expect(read('docs/errors.md')).toBe(errorsDoc());
  });

  it('show GraphQL that the API accepts [UX-003]', () => {
    const schema = buildSchema(read('schema/api.graphql'));
    const texts = ['README.md', 'docs/identity.md'].map(read).join('\n');
    const examples = [...texts.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, example = '']) => example);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(validate(schema, parse(example))).toEqual([]);
  });

  it('name only scripts and files that exist [UX-003]', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const texts = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'].map(read).join('\n');
    for (const [, name = ''] of texts.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
    for (const [, file = ''] of read('README.md').matchAll(/\]\((docs\/[\w./-]+|[A-Z]+\.md)\)/g)) {
      expect(() => readFileSync(path.join(__dirname, '..', file))).not.toThrow(/ENOENT/);
    }
  });
});
