import { join } from 'node:path';

import { z } from 'zod';

import { isoDate, systemClock } from '../../src/platform/clock';
import { asStartupError, StartupError } from '../../src/platform/process/startup-error';
import { freePort, portObstacle } from '../../src/platform/process/tcp-port';
import { startGoCardlessSandbox } from './gocardless-bank-data/server';
import { StateFile } from './support/state-file';
import { startWhmcsSandbox, type WhmcsSandbox } from './whmcs/server';
import { storedWorld } from './world/stored-world';
import type { Business } from './world/world';

const HOST = '127.0.0.1';

/** What the parent gets to know, over IPC; on the standard output the installations go without their secrets. */
interface Ready {
  readonly ready: true;
  readonly gocardless: { readonly url: string; readonly origin: string };
  readonly whmcs: { readonly origin: string; readonly installations: readonly ReadyInstallation[] };
  readonly businesses: readonly Pick<Business, 'slug' | 'name' | 'country' | 'currency' | 'institutionId'>[];
}

interface ReadyInstallation {
  readonly slug: string;
  readonly url: string;
  readonly identifier: string;
  readonly secret?: string;
  readonly gateway: string;
}

interface Closable {
  close(): Promise<void>;
}

/** Runs both sandbox servers in this process until it is told to end or its parent is gone. */
async function main(): Promise<void> {
  const running: Closable[] = [];
  endWith(running);
  announce(await start(settingsOf(process.env), running));
}

const port = z.coerce.number().int().min(0).max(65_535).default(0);

const Environment = z.object({
  NODE_ENV: z
    .string()
    .optional()
    .refine(value => value !== 'production', 'The sandbox is not for production'),
  SANDBOX_STATE_DIR: z.string().min(1),
  SANDBOX_GOCARDLESS_PORT: port,
  SANDBOX_WHMCS_PORT: port,
  SANDBOX_SECRET_ID: z.string().min(1),
  SANDBOX_SECRET_KEY: z.string().min(1),
});
type Settings = z.infer<typeof Environment>;

/** @throws StartupError that names every variable that is missing or wrong. */
function settingsOf(env: NodeJS.ProcessEnv): Settings {
  const { data, error } = Environment.safeParse(env);
  if (!data)
    throw new StartupError(`The sandbox cannot start: ${error.issues.map(({ path, message }) => `${path.join()}: ${message}`).join('; ')}`);
  return data;
}

async function start(settings: Settings, running: Closable[]): Promise<Ready> {
  const inState = (file: string) => join(settings.SANDBOX_STATE_DIR, file);
  const { businesses } = storedWorld(settings.SANDBOX_STATE_DIR, isoDate(systemClock.now()));
  const portsFile = new StateFile(inState('ports.json'), Ports);
  const ports = portsFile.read({});

  const gocardlessPort = await choosePort('GoCardless', settings.SANDBOX_GOCARDLESS_PORT, ports.gocardless);
  const gocardless = await startGoCardlessSandbox({
    port: gocardlessPort,
    host: HOST,
    secretId: settings.SANDBOX_SECRET_ID,
    secretKey: settings.SANDBOX_SECRET_KEY,
    businesses,
    stateFile: inState('gocardless.json'),
    clock: systemClock,
  });
  running.push(gocardless);

  const whmcsPort = await choosePort('WHMCS', settings.SANDBOX_WHMCS_PORT, ports.whmcs);
  const whmcs = await startWhmcsSandbox({ port: whmcsPort, host: HOST, businesses, stateFile: inState('whmcs.json'), clock: systemClock });
  running.push(whmcs);

  portsFile.write({ gocardless: gocardlessPort, whmcs: whmcsPort });
  return {
    ready: true,
    gocardless: { url: gocardless.url, origin: gocardless.origin },
    whmcs: { origin: whmcs.origin, installations: businesses.map(business => installationOf(business, whmcs)) },
    businesses: businesses.map(({ slug, name, country, currency, institutionId }) => ({ slug, name, country, currency, institutionId })),
  };
}

/** The ports of the last start: consent links and installations are stored with them. */
const Ports = z.object({ gocardless: z.number().optional(), whmcs: z.number().optional() });

/** @throws StartupError when the wanted or remembered port cannot be used. */
async function choosePort(name: string, wanted: number, remembered = 0): Promise<number> {
  const chosen = wanted || remembered;
  if (chosen === 0) return freePort(HOST);
  const obstacle = await portObstacle(HOST, chosen);
  if (obstacle === undefined) return chosen;
  throw new StartupError(
    `Port ${chosen} of the ${name} sandbox is ${obstacle}: end what uses it, since stored links and installations name this port`,
  );
}

const installationOf = ({ slug, whmcs: { identifier, secret, gateway } }: Business, server: WhmcsSandbox): ReadyInstallation => ({
  slug,
  url: server.url(slug),
  identifier,
  secret,
  gateway,
});

function announce(ready: Ready): void {
  if (process.send) {
    process.send(ready);
    return;
  }
  const installations = ready.whmcs.installations.map(({ slug, url, identifier, gateway }) => ({ slug, url, identifier, gateway }));
  process.stdout.write(`${JSON.stringify({ ...ready, whmcs: { ...ready.whmcs, installations } })}\n`);
}

/** Ends this process, once, on a signal and when the IPC channel closes: its parent is gone then. */
function endWith(running: readonly Closable[]): void {
  const end = () => {
    void Promise.allSettled(running.map(server => server.close())).then(() => process.exit(0));
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, end);
  // A parent that died while this file was loading has closed the channel before anyone listened.
  if (process.send !== undefined && !process.connected) end();
}

main().catch((error: unknown) => {
  process.stderr.write(`${asStartupError(error, `start the sandbox in ${process.env['SANDBOX_STATE_DIR'] ?? 'no folder'}`).message}\n`);
  process.exit(1);
});
