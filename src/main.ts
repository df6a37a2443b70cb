#!/usr/bin/env node
import 'reflect-metadata';

import { Command, InvalidArgumentError } from 'commander';

import type { OperatorOptions } from './cli/operator.command';
import { WalkthroughError } from './cli/walkthrough/walkthrough-error';
import { ConfigError } from './config/config';
import { StartupError } from './platform/process/startup-error';

/**
 * `payymo <command>`. Each command loads its own file, so that `--help` and the small ones are quick.
 * @requirement ARC-008
 */
function program(): Command {
  const payymo = new Command('payymo').description('From a bank line to a paid invoice: the Payymo gateway.').showHelpAfterError();
  payymo
    .command('demo')
    .description('start everything on this machine: PostgreSQL, sandbox providers, two tenants, gateway and worker')
    .option('--host <address>', 'address of the gateway', '127.0.0.1')
    .option('--port <number>', 'port of the gateway; 0 takes any free one (default: PAYYMO_PORT, else 4000)', port)
    .action(async options => (await import('./cli/demo.command.js')).demo(options as { host: string; port?: number }));
  payymo
    .command('serve')
    .description('run the GraphQL gateway')
    .action(async () => (await import('./cli/serve.command.js')).serve());
  payymo
    .command('worker')
    .description('run the background jobs')
    .action(async () => (await import('./cli/worker.command.js')).work());
  addMigrate(payymo);
  addOperator(payymo);
  addAuditTrail(payymo);
  payymo
    .command('schema')
    .description('write schema/: the subgraphs, the supergraph, the public API and the database')
    .option('--check', 'write nothing; fail when a file is stale')
    .action(async options => (await import('./cli/schema.command.js')).schema(options as { check?: boolean }));
  payymo
    .command('token')
    .description('print an access token of the running demo')
    .argument('<tenant>', 'slug, such as northwind')
    .argument('<role>', 'owner, admin, accountant, viewer or integration; of the tenant platform: operator or auditor')
    .action(async (slug: string, role: string) => (await import('./cli/token.command.js')).token(slug, role));
  payymo
    .command('walkthrough')
    .description('drive the running demo from sign-in to a paid invoice, step by step')
    .action(async () => (await import('./cli/walkthrough.command.js')).walkthrough());
  return payymo;
}

function addAuditTrail(payymo: Command): void {
  payymo
    .command('audit-trail')
    .description('look after the audit trail, as DATABASE_URL')
    .command('verify')
    .description('recompute every entry; name the first that is not as it was written, or the heads to keep elsewhere')
    .option('--tenant <slug>', 'of this tenant alone')
    .option('--expect <sequence:hash>', 'a head that an earlier verification printed: nothing up to it may have been written anew')
    .action(async options =>
      (await import('./cli/audit-trail.command.js')).verifyAuditTrail(options as { tenant?: string; expect?: string }),
    );
}

function addOperator(payymo: Command): void {
  payymo
    .command('operator')
    .description('people of the platform itself, outside of any tenant')
    .command('create')
    .description('make the first operator, and print a password for the first sign-in')
    .requiredOption('--email <address>', 'the address to sign in with')
    .requiredOption('--name <name>', 'of the person')
    .option('--again', 'also when there is an operator already')
    .action(async options => (await import('./cli/operator.command.js')).createOperator(options as OperatorOptions));
}

function addMigrate(payymo: Command): void {
  const migrate = payymo.command('migrate').description('change the database schema, as DATABASE_OWNER_URL');
  migrate
    .command('up')
    .description('apply what is pending')
    .option('--to <name>', 'up to this migration')
    .action(async options => (await import('./cli/migrate.command.js')).migrateUp(options as { to?: string }));
  migrate
    .command('down')
    .description('take back the last migration')
    .option('--to <name>', 'down to this migration, with it; 0 for all')
    .action(async options => (await import('./cli/migrate.command.js')).migrateDown(options as { to?: string }));
  migrate
    .command('create')
    .description('write a template for a new migration')
    .argument('<what-it-does>', 'in kebab case: add-rules')
    .action(async (what: string) => (await import('./cli/migrate.command.js')).migrateCreate(what));
  migrate
    .command('baseline')
    .description('note migrations as applied without running them, for a database that has their tables already')
    .requiredOption('--to <name>', 'up to this migration, with it')
    .action(async ({ to }: { to: string }) => (await import('./cli/migrate.command.js')).migrateBaseline(to));
  migrate
    .command('status')
    .description('list what is applied and what is pending')
    .action(async () => (await import('./cli/migrate.command.js')).migrateStatus());
}

function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

/** What a person can mend is one line; anything else shows where it happened. */
function report(error: unknown): void {
  process.stderr.write(`${textOf(error)}\n`);
  process.exitCode = 1;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = [ConfigError, StartupError, WalkthroughError].some(kind => error instanceof kind);
  return known ? error.message : (error.stack ?? error.message);
}

program().parseAsync().catch(report);
