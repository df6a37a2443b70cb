import { createMigrator, type Migrator } from '../platform/database/migrator';
import { loadOwnerUrl } from '../config/config';
import { asStartupError } from '../platform/process/startup-error';
import { say } from './say';

export interface MigrateOptions {
  readonly to?: string;
}

const migrator = (): Migrator =>
  createMigrator(loadOwnerUrl(), name => {
    say(`  ${name}`);
  });

/** payymo migrate up */
export const migrateUp = ({ to }: MigrateOptions): Promise<void> =>
  using(migrator(), async opened => {
    const applied = await opened.up(to);
    say(applied.length === 0 ? 'Nothing to apply.' : `${applied.length} applied.`);
  });

/** payymo migrate down */
export const migrateDown = ({ to }: MigrateOptions): Promise<void> =>
  using(migrator(), async opened => {
    const taken = await opened.down(to === '0' ? 0 : to);
    say(taken.length === 0 ? 'Nothing to take back.' : `${taken.length} taken back.`);
  });

/** payymo migrate status */
export const migrateStatus = (): Promise<void> =>
  using(migrator(), async opened => {
    for (const { name, applied } of await opened.status()) say(`${applied ? 'applied' : 'pending'}  ${name}`);
  });

async function using(opened: Migrator, work: (opened: Migrator) => Promise<void>): Promise<void> {
  try {
    await work(opened);
  } catch (error) {
    throw asStartupError(error, 'migrate the database');
  } finally {
    await opened.close();
  }
}
