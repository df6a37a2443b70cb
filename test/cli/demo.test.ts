import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

import { requireNode } from '../../src/cli/demo/demo';
import { StartupError } from '../../src/platform/process/startup-error';
import { type FakeCheckout, MAIN, makeFakeCheckout, NORTHERN } from './demo/fake-checkout';

jest.setTimeout(120_000);

let here: FakeCheckout;

beforeEach(async () => {
  here = await makeFakeCheckout();
});

afterEach(() => here.remove());

describe('the demo without a database of its own', () => {
  const database = { ownerUrl: 'postgres://o@db.example/p', appUrl: 'postgres://a@db.example/p', workerUrl: 'postgres://w@db.example/p' };

  it('describes tenants and sandbox in demo.json [ARC-008]', async () => {
    await here.untilReady({ database });

    const written: unknown = JSON.parse(await readFile(path.join(here.root, '.payymo/demo.json'), 'utf8'));

    expect(written).toMatchObject({
      graphqlUrl: `${here.contexts[0]?.url}/graphql`,
      tenants: [{ slug: 'fjord', email: 'owner@fjord.example' }],
      sandbox: { businesses: [NORTHERN] },
    });
  });

  it('refuses to run twice in one checkout [ARC-008]', async () => {
    let second: unknown;
    await here.demo({ database }, 'Payymo is ready', () => {
      void failureOf(here.demo({ database })).then(failure => {
        second = failure;
        here.stop();
      });
    });

    expect(second).toBeInstanceOf(StartupError);
    expect(String(second)).toContain(`Payymo already runs here (process ${process.pid}): stop it first or use its URLs`);
  });

  it('names the port that is taken and the setting that changes it, before it starts anything [ARC-007]', async () => {
    const server = createServer();
    const port = await new Promise<number>(resolve =>
      server.listen(0, '127.0.0.1', () => {
        resolve((server.address() as { port: number }).port);
      }),
    );

    const failure = await failureOf(here.demo({ database, port }));

    expect(String(failure)).toBe(`StartupError: Port ${port} is in use by another program: set PAYYMO_PORT to another one`);
    expect(here.lines).toEqual([]);
    await new Promise(resolve => server.close(resolve));
  });

  it('stops everything and says in one line why a child failed to start [ARC-008]', async () => {
    const failure = await failureOf(
      here.demo({ database, environment: () => ({ JOURNAL: path.join(here.root, 'journal'), FAIL: 'worker' }) }),
    );

    expect(String(failure)).toBe('StartupError: worker ended unexpectedly with code 1: Error: cannot read the schema');
    expect((await here.journal()).at(-1)).toBe('serve stopped');
  });

  it('stops everything when a child dies later [ARC-008]', async () => {
    const failure = await failureOf(
      here.demo({ database }, 'Payymo is ready', () => {
        void here.journal().then(([, worker]) => process.kill(Number(worker?.split(' ').at(-1)), 'SIGKILL'));
      }),
    );

    expect(String(failure)).toBe('StartupError: worker ended unexpectedly by SIGKILL');
    expect((await here.journal()).at(-1)).toBe('serve stopped');
    expect(existsSync(path.join(here.root, '.payymo/demo.lock'))).toBe(false);
  });

  it('can be stopped while it starts, and then starts nothing more [ARC-008]', async () => {
    await here.demo({ database }, 'Sandbox', here.stop);

    expect(await here.journal()).toEqual([]);
    expect(here.lines.join('\n')).not.toContain('Payymo is ready');
    expect(here.lines.at(-1)).toBe('Stopped.');
  });

  it('kills what does not end when the signal is repeated, but not when npm doubles it [ARC-008]', async () => {
    await writeFile(path.join(here.root, 'src/main.ts'), MAIN.replace(`process.exit(0); });`, `});`));
    const begin = performance.now();

    await here.demo({ database }, 'Payymo is ready', () => {
      here.stop();
      here.stop();
      setTimeout(here.stop, 1_500);
    });

    expect((await here.journal()).filter(line => line.endsWith('stopped'))).toEqual(['worker stopped']);
    expect(performance.now() - begin).toBeLessThan(9_000);
  });

  it('says what failed in one line when migrating fails [ARC-008]', async () => {
    const failure = await failureOf(here.demo({ database, migrate: () => Promise.reject(new Error('relation x\nexists')) }));

    expect(String(failure)).toBe('StartupError: Cannot start the demo (Migrations): relation x exists');
  });

  it('needs the checkout, since the sandbox is never part of a build [ARC-006]', async () => {
    await rm(path.join(here.root, 'test'), { recursive: true });

    await expect(here.demo({ database })).rejects.toThrow(
      /^The demo needs a checkout of the source: .*test\/sandbox\/main\.ts is missing$/,
    );
  });

  it('does not go on with a sandbox that reports nonsense [ARC-008]', async () => {
    await writeFile(path.join(here.root, 'test/sandbox/main.ts'), `process.send!({ ready: true }); setInterval(() => undefined, 1000);`);

    await expect(here.demo({ database })).rejects.toThrow(/sandbox reported something else than its servers: .*gocardless/);
  });

  it.each(['18.20.0', '20.18.3'])('refuses Node.js %s [ARC-007]', version => {
    expect(() => {
      requireNode(version);
    }).toThrow(`Payymo needs Node.js 20.19 or newer: this is ${version}`);
  });

  it.each(['20.19.0', '22.0.0', '24.21.0'])('runs on Node.js %s [ARC-007]', version => {
    expect(() => {
      requireNode(version);
    }).not.toThrow();
  });
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
