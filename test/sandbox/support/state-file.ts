import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

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
    if (this.path === undefined || !existsSync(this.path)) return initial;
    return this.schema.parse(JSON.parse(readFileSync(this.path, 'utf8')));
  }

  write(state: T): void {
    if (this.path === undefined) return;
    const fresh = `${this.path}.${process.pid}.tmp`;
    writeFileSync(fresh, JSON.stringify(state), { mode: 0o600 });
    renameSync(fresh, this.path);
  }
}
