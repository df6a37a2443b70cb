import { createWriteStream } from 'node:fs';
import path from 'node:path';

import { startEmbeddedPostgres } from '../../platform/database/embedded/embedded-postgres';
import { type DatabaseUrls, prepareDatabase } from '../../platform/database/embedded/prepare-database';
import { startChild } from '../../platform/process/child';
import { asStartupError, StartupError } from '../../platform/process/startup-error';
import { freePort, portObstacle } from '../../platform/process/tcp-port';
import type { DemoContext, DemoParts, DemoProcess } from './parts';
import { writePrivately } from './private-file';
import type { Running } from './running';
import { sandboxFacts, startSandbox } from './sandbox';
import { type DemoSecrets, ensureSecrets } from './secrets';
import { summary } from './summary';

export interface Plan {
  readonly root: string;
  readonly home: string;
  readonly parts: DemoParts;
  readonly log: (line: string) => void;
  readonly running: Running;
}

/** Starts one thing after the other and says so; what runs is in `running` at any moment. @throws StartupError. */
export async function startEverything(plan: Plan): Promise<void> {
  const { root, home, parts, running } = plan;
  const port = await gatewayPort(parts);
  const secrets = await step(plan, 'Secrets', () => ensureSecrets(path.join(home, 'secrets')));
  const database = parts.database ?? (await step(plan, 'PostgreSQL', () => embeddedDatabase(plan, secrets)));
  await step(plan, 'Migrations', () => parts.migrate(database.ownerUrl));
  const sandbox = await step(plan, 'Sandbox', () =>
    sandboxFacts(running.add(startSandbox(root, home, secrets, prefixed(plan, 'sandbox')))),
  );
  const context = { root, home, port, url: `http://localhost:${port}`, database, secrets, sandbox };
  const tenants = await step(plan, 'Demo data', () => parts.seed(context));
  await step(plan, 'Gateway', () => startProcess(plan, context, 'serve'));
  await step(plan, 'Worker', () => startProcess(plan, context, 'worker'));
  const demoFile = path.join(home, 'demo.json');
  const content = { url: context.url, graphqlUrl: `${context.url}/graphql`, explorerUrl: `${context.url}/explorer`, sandbox, tenants };
  await step(plan, 'demo.json', () => writePrivately(demoFile, `${JSON.stringify(content, null, 2)}\n`));
  plan.log(summary({ url: context.url, demoFile: path.relative(root, demoFile), tokenCommand: parts.tokenCommand, tenants }));
}

async function step<T>({ log, running }: Plan, name: string, work: () => Promise<T>): Promise<T> {
  if (running.closing) throw new StartupError('The start was interrupted');
  const begin = performance.now();
  try {
    const result = await work();
    log(`${name.padEnd(12)} ready in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    throw asStartupError(error, `start the demo (${name})`);
  }
}

/** The gateway would find out for itself, but only after half a minute of work. */
async function gatewayPort({ host, port }: DemoParts): Promise<number> {
  if (port === 0) return freePort(host);
  const obstacle = await portObstacle(host, port);
  if (obstacle === undefined) return port;
  const why = obstacle === 'taken' ? 'in use by another program' : 'reserved for root';
  throw new StartupError(`Port ${port} is ${why}: set PAYYMO_PORT to another one`);
}

async function embeddedDatabase({ home, running }: Plan, { databasePasswords }: DemoSecrets): Promise<DatabaseUrls> {
  const journal = createWriteStream(path.join(home, 'postgres.log'), { mode: 0o600 });
  // A journal that cannot be written is no reason to stop: the server goes on without it.
  journal.on('error', () => undefined);
  const log = (line: string) => journal.write(`${line}\n`);
  const postgres = await startEmbeddedPostgres({ directory: path.join(home, 'postgres'), log });
  running.add(postgres);
  void postgres.exited.then(() => journal.end());
  return prepareDatabase(postgres.superuserUrl, databasePasswords);
}

async function startProcess(plan: Plan, context: DemoContext, name: DemoProcess): Promise<void> {
  const child = startChild({
    name,
    script: path.join(plan.root, 'src', 'main.ts'),
    args: [name],
    execArgv: ['--import', 'tsx'],
    cwd: plan.root,
    env: plan.parts.environment(context, name),
    onLine: prefixed(plan, name),
  });
  await plan.running.add(child).ready;
}

const prefixed =
  ({ log }: Plan, name: string) =>
  (line: string) => {
    log(`${name.padEnd(8)}| ${line}`);
  };
