import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';

/** What a benchmark measured. */
export interface Result {
  /** The key under which it is kept: the name of its file. */
  readonly name: string;
  /** In one line, what the figures are. */
  readonly title: string;
  /** Each with its unit in the name. */
  readonly figures: Readonly<Record<string, number | string>>;
}

/** Prints the result, and keeps it in bench/results/<file>.json with when, where and of which commit it is, in the place of its last one. */
export function keep(file: string, { name, title, figures }: Result): void {
  process.stdout.write(`\n${title}\n${Object.entries(figures).map(line).join('')}`);
  const target = path.join(__dirname, 'results', `${file}.json`);
  const known = existsSync(target) ? (JSON.parse(readFileSync(target, 'utf8')) as Record<string, unknown>) : {};
  const measured = { measuredAt: new Date().toISOString(), node: process.version, cpus: cpus().length, commit: commit(), title, figures };
  const sorted = Object.entries({ ...known, [name]: measured }).sort(([a], [b]) => a.localeCompare(b));
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

/** The value that this share of all, in percent, does not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

const line = ([name, value]: [string, number | string]): string => `  ${name.padEnd(36)} ${value.toLocaleString('en').padStart(14)}\n`;

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
