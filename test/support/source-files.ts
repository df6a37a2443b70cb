import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface SourceFile {
  /** From the root of the checkout, with slashes: src/app.ts. */
  readonly path: string;
  readonly text: string;
}

const root = path.join(__dirname, '../..');

/** The TypeScript files of a folder of the checkout, in a fixed order. */
export const sourceFiles = (folder: string): SourceFile[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .sort()
    .map(name => path.join(folder, name))
    .map(file => ({ path: file.replaceAll(path.sep, '/'), text: readFileSync(path.join(root, file), 'utf8') }));
