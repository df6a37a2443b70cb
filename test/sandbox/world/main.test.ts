import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '../../..');

describe('the sandbox process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'payymo-sandbox-'));
  const started: ChildProcess[] = [];

  /** Runs the process in the state folder, with some variables set otherwise. */
  function run(env: Readonly<Record<string, string>> = {}): ChildProcess {
    const settings = { SANDBOX_STATE_DIR: join(folder, 'state'), SANDBOX_SECRET_ID: 'an-id', SANDBOX_SECRET_KEY: 'a-key' };
    const child = fork(join(ROOT, 'test/sandbox/main.ts'), [], {
      cwd: ROOT,
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    started.push(child);
    return child;
  }

  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('serves the same world at the same place after a restart, tells secrets to its parent only, and ends with it [BNK-006]', async () => {
    const first = run();
    const told = await message(first);
    const output = outputOf(first);
    first.kill('SIGTERM');
    expect(await exitCode(first)).toBe(0);

    const second = run();
    expect(await message(second)).toEqual(told);
    second.disconnect();
    expect(await exitCode(second)).toBe(0);

    const { installations } = told.whmcs;
    expect(installations.map(({ slug }) => slug)).toEqual(['northwind', 'aurora']);
    expect(await output).toBe('');
  });

  it('answers at both servers [BNK-006]', async () => {
    const { gocardless, whmcs } = await message(run());
    const [{ url, identifier, secret }] = whmcs.installations;
    const call = new URLSearchParams({ identifier, secret, action: 'GetInvoices', responsetype: 'json', status: 'Unpaid' });

    const token = await fetch(`${gocardless.url}/token/new/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret_id: 'an-id', secret_key: 'a-key' }),
    });
    const invoices = await fetch(`${url}/includes/api.php`, { method: 'POST', body: call });

    expect(token.status).toBe(200);
    expect(await invoices.json()).toMatchObject({ result: 'success', totalresults: 119 });
  });

  it('says in one line which port is taken [BNK-006]', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';

    const child = run({ SANDBOX_STATE_DIR: join(folder, 'other'), SANDBOX_WHMCS_PORT: port });
    const complaint = complaintOf(child);

    expect(await exitCode(child)).toBe(1);
    expect(await complaint).toMatch(new RegExp(`^Port ${port} of the WHMCS sandbox is taken[^\\n]*\\n$`));
    squatter.close();
  });

  it.each([
    ['in production', { NODE_ENV: 'production' }, /not for production/],
    ['without credentials', { SANDBOX_SECRET_ID: '', SANDBOX_SECRET_KEY: '' }, /SANDBOX_SECRET_ID.*SANDBOX_SECRET_KEY/],
  ])('refuses to run %s [BNK-006]', async (_when, env, reason) => {
    const child = run(env);
    const complaint = complaintOf(child);

    expect(await exitCode(child)).toBe(1);
    expect(await complaint).toMatch(reason);
  });
});

interface Told {
  readonly gocardless: { readonly url: string };
  readonly whmcs: { readonly installations: readonly [Installation, ...Installation[]] };
}

interface Installation {
  readonly slug: string;
  readonly url: string;
  readonly identifier: string;
  readonly secret: string;
}

async function message(child: ChildProcess): Promise<Told> {
  const [told] = (await once(child, 'message')) as [Told];
  return told;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

const outputOf = (child: ChildProcess): Promise<string> => (child.stdout ? text(child.stdout) : Promise.resolve(''));
const complaintOf = (child: ChildProcess): Promise<string> => (child.stderr ? text(child.stderr) : Promise.resolve(''));
