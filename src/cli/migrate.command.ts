import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { loadOwnerUrl } from '../config/config';
import { createMigrator, migrationsFolder, type Migrator } from '../platform/database/migrator';
import { asStartupError, StartupError } from '../platform/process/startup-error';
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

/** payymo migrate baseline */
export const migrateBaseline = (to: string): Promise<void> =>
  using(migrator(), async opened => {
    const noted = await opened.baseline(to);
    for (const name of noted) say(`  ${name}`);
    say(`${noted.length} noted as applied, without running them.`);
  });

/** payymo migrate create: writes a template, named after the present (UTC). @throws StartupError for a name that is no kebab-case. */
export async function migrateCreate(what: string, folder = migrationsFolder(), now = new Date()): Promise<void> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(what)) throw new StartupError('Say in kebab case what the migration does: add-rules');
  const file = path.join(folder, `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '.')}.${what}.ts`);
  await writeFile(file, TEMPLATE, { flag: 'wx' }).catch((error: unknown) => {
    throw asStartupError(error, `write ${file}`);
  });
  say(file);
}

const TEMPLATE = `import { isolate, type Migration } from '../src/platform/database/migration';

/** What it does, and why. */
export const up: Migration = ({ context: { sql } }) =>
  sql(\`
  create table things (
    tenant_id uuid not null references tenants,
    id uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
  );
  \${isolate('things')}
  grant select, insert, update on things to payymo_app;
\`);

export const down: Migration = ({ context: { sql } }) => sql('drop table things;');
`;

async function using(opened: Migrator, work: (opened: Migrator) => Promise<void>): Promise<void> {
  try {
    await work(opened);
  } catch (error) {
    throw asStartupError(error, 'migrate the database');
  } finally {
    await opened.close();
  }
}
