import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { z } from 'zod';

/**
 * What a sandbox server remembers over a restart: one JSON file, readable by its owner only. Every write replaces
 * the file in one step, so that a killed server leaves the last whole state. Without a path, nothing is kept.
 */
export class StateFile<T> {
  constructor(
    private readonly path: string | undefined,
    private readonly schema: z.ZodType<T>,
  ) {}

  /** The state as last written, or `initial` where there is none yet. Throws when the file holds anything else. */
  read(initial: T): T {
    const text = this.path === undefined ? undefined : readIfThere(this.path);
    return text === undefined ? initial : this.schema.parse(JSON.parse(text));
  }

  write(state: T): void {
    if (this.path === undefined) return;
    const fresh = `${this.path}.${process.pid}.tmp`;
    writeFileSync(fresh, JSON.stringify(state), { mode: 0o600 });
    renameSync(fresh, this.path);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
