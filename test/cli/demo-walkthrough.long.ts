import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';

import { freePort } from '../../src/platform/process/tcp-port';
import { checkout, payymo } from './support/payymo';

const COPIED = ['src', 'migrations', 'test/sandbox', 'package.json', 'tsconfig.json'];

describe('the demo of a fresh checkout', () => {
  let root: string;
  let demo: ChildProcess;
  let output = '';

  beforeAll(async () => {
    root = await mkdtemp('/tmp/payymo-walk-');
    for (const name of COPIED) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await cp(path.join(checkout, name), path.join(root, name), { recursive: true });
    }
    await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  });

  afterAll(async () => {
    demo.kill('SIGKILL');
    const pointer = path.join(root, '.payymo/postgres/location');
    if (existsSync(pointer)) await rm((await readFile(pointer, 'utf8')).trim(), { recursive: true, force: true });
    await rm(root, { recursive: true, force: true });
  });

  it('is walked through from sign-in to a paid invoice, twice, and stops cleanly [ARC-008] [UX-002] [BNK-006] [DAT-006]', async () => {
    expect(await payymo(['walkthrough'], {}, root)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no demo here: start it with npm start\n',
    });

    await start();
    const first = await payymo(['walkthrough'], {}, root);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    for (const said of [/Consent at the bank/, /rejected: /, /APPLIED/, /exactly one payment on invoice/, /CONFLICT: /, /NOT_FOUND: /]) {
      expect(first.stdout).toMatch(said);
    }

    const second = await payymo(['walkthrough'], {}, root);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('Use the bank connection of an earlier walk');
    expect(transactionIn(second.stdout)).not.toBe(transactionIn(first.stdout));

    expect((await payymo(['token', 'northwind', 'owner'], {}, root)).stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    for (const role of ['operator', 'auditor', 'operator']) {
      expect((await payymo(['token', 'platform', role], {}, root)).stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    }
    expect(await payymo(['token', 'nobody', 'owner'], {}, root)).toMatchObject({
      code: 1,
      stderr: 'There is no tenant nobody: take one of northwind, aurora, platform\n',
    });
    expect(await payymo(['token', 'northwind', 'king'], {}, root)).toMatchObject({
      code: 1,
      stderr: 'There is no role king: take one of owner, admin, accountant, viewer, integration\n',
    });

    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).toEqual([0, null]);
    expect(output).toMatch(/SIGINT: stopping .*\n(.*\n)*Stopped\.\n$/);
    // Mails are shown here, since nobody gets them; whatever else the processes say above the level of the demo, something is wrong.
    const said = output.match(/^(serve|worker|sandbox) *\| \S.*$/gm) ?? [];
    expect(said.filter(line => !line.includes('WARN: a mail that nobody gets'))).toEqual([]);
    expect(output).toContain('An authenticator app was set up');
    expect((await payymo(['walkthrough'], {}, root)).stderr).toMatch(/^Nobody answers at .*: start the demo with npm start\n$/);
  });

  async function start(): Promise<void> {
    const port = await freePort();
    demo = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'src/main.ts'), 'demo'], {
      cwd: root,
      env: { PATH: process.env['PATH'], PAYYMO_PORT: String(port) },
    });
    await new Promise<void>((resolve, reject) => {
      const take = (data: Buffer) => {
        output += data.toString();
        if (output.includes('Ctrl-C stops everything')) resolve();
      };
      demo.stdout?.on('data', take);
      demo.stderr?.on('data', take);
      demo.once('exit', () => {
        reject(new Error(output));
      });
    });
  }
});

const transactionIn = (text: string): string | undefined => /payymo-mat_\w+/.exec(text)?.[0];
