import { Client } from 'pg';

/** The passwords of the three roles that Payymo's processes use. */
export interface RolePasswords {
  readonly owner: string;
  readonly app: string;
  readonly worker: string;
}

/** One database, as each of the three roles. */
export interface DatabaseUrls {
  /** payymo_owner: owns the database and its tables; for migrations alone. */
  readonly ownerUrl: string;
  /** payymo_app: owns nothing, so row-level security binds it. */
  readonly appUrl: string;
  /** payymo_worker: the job queue. */
  readonly workerUrl: string;
}

const ROLES = ['owner', 'app', 'worker'] as const;

/** A request that takes longer than these is a fault, and its locks must not pile up behind it. */
const APP_LIMITS = { statement_timeout: '5s', lock_timeout: '2s', idle_in_transaction_session_timeout: '10s' } as const;

/**
 * Makes the roles payymo_owner, payymo_app and payymo_worker and a database that the first one owns; safe to repeat,
 * which also gives the roles these passwords and takes from them what they should not have.
 */
export async function prepareDatabase(superuserUrl: string, passwords: RolePasswords, database = 'payymo'): Promise<DatabaseUrls> {
  await asSuperuser(superuserUrl, async client => {
    for (const role of ROLES) await ensureRole(client, `payymo_${role}`, passwords[role]);
    await ensureDatabase(client, database);
  });
  const inside = new URL(superuserUrl);
  inside.pathname = `/${database}`;
  await asSuperuser(inside.href, client => client.query('revoke create on schema public from public'));
  const [ownerUrl, appUrl, workerUrl] = ROLES.map(role => urlAs(inside, `payymo_${role}`, passwords[role])) as [string, string, string];
  return { ownerUrl, appUrl, workerUrl };
}

async function asSuperuser(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  // A connection that breaks also fails the query that waits on it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await client.query(`create role ${role}`);
  await client.query(
    `alter role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls noreplication password ${client.escapeLiteral(password)}`,
  );
}

async function ensureDatabase(client: Client, database: string): Promise<void> {
  const name = client.escapeIdentifier(database);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await client.query(`create database ${name} owner payymo_owner`);
  await client.query(`revoke all on database ${name} from public`);
  await client.query(`grant connect on database ${name} to payymo_app, payymo_worker`);
  for (const [setting, limit] of Object.entries(APP_LIMITS)) {
    await client.query(`alter role payymo_app in database ${name} set ${setting} = '${limit}'`);
  }
}

function urlAs(database: URL, role: string, password: string): string {
  const url = new URL(database);
  url.username = role;
  url.password = password;
  return url.href;
}
