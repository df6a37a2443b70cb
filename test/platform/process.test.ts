import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { type Child, type ChildSpec, startChild } from '../../src/platform/process/child';
import { forEachLine } from '../../src/platform/process/lines';
import { commandLine, processIdentity, signalProcess, waitUntilGone } from '../../src/platform/process/process-identity';
import { lockHolder, takeProcessLock } from '../../src/platform/process/process-lock';
import { asStartupError, StartupError } from '../../src/platform/process/startup-error';
import { freePort, portObstacle } from '../../src/platform/process/tcp-port';

let folder: string;
let lines: string[];
const started: Child[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'payymo-process-'));
  lines = [];
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill();
    await child.exited;
  }
  await rm(folder, { recursive: true, force: true });
});

/** Starts a script given as text. */
async function run(source: string, spec: Partial<ChildSpec> = {}): Promise<Child> {
  const script = path.join(folder, 'child.cjs');
  await writeFile(script, source);
  const child = startChild({ name: 'worker', script, env: {}, onLine: line => lines.push(line), ...spec });
  started.push(child);
  return child;
}

const pidOf = ({ pid }: { readonly pid?: number | undefined }): number => {
  if (pid === undefined) throw new Error('It was not started');
  return pid;
};

describe('a child process', () => {
  it('hands over what it reports when it is ready, and only the environment it is given [ARC-007]', async () => {
    const child = await run(`process.send({ ready: true, args: process.argv.slice(2), env: Object.keys(process.env).sort() })`, {
      args: ['--now'],
      env: { COLOUR: 'blue' },
    });

    await expect(child.ready).resolves.toMatchObject({ args: ['--now'], env: ['COLOUR'] });
  });

  it('has its output handed on line by line, the unfinished last one too [ARC-008]', async () => {
    const child = await run(`process.stdout.write('one\\ntwo\\nthree'); console.error('four')`);

    await child.exited;

    expect(lines.sort()).toEqual(['four', 'one', 'three', 'two']);
  });

  it('that fails is reported in one line with its last error [ARC-008]', async () => {
    const child = await run(`throw new Error('no such table')`);

    const reason = await child.exited;

    expect(reason).toBeInstanceOf(StartupError);
    expect(reason?.message).toBe('worker ended unexpectedly with code 1: Error: no such table');
    await expect(child.ready).rejects.toBe(reason);
  });

  it('that is silent for too long is given up [ARC-008]', async () => {
    const child = await run(`setInterval(() => undefined, 1000)`, { readyWithinMs: 200 });

    await expect(child.ready).rejects.toThrow('worker was not ready after 0.2 s');
  });

  it('that cannot be started at all is reported, not thrown [ARC-008]', async () => {
    const child = await run('', { cwd: path.join(folder, 'missing') });

    expect((await child.exited)?.message).toMatch(/^worker ended unexpectedly .*ENOENT/);
    await child.stop();
  });

  it('ends in its own time when it is stopped, and that is no failure [ARC-008]', async () => {
    const child = await run(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => undefined, 1000); process.send({ ready: true })`,
    );
    await child.ready;

    await child.stop();

    await expect(child.exited).resolves.toBeUndefined();
    expect(lines).toEqual(['bye']);
    await child.stop();
  });

  it('is killed when it does not end in time [ARC-008]', async () => {
    const child = await run(`process.on('SIGTERM', () => undefined); process.send({ ready: true }); setInterval(() => undefined, 1000)`, {
      stopWithinMs: 200,
    });
    await child.ready;

    await child.stop();

    expect(processIdentity(pidOf(child))).toBeUndefined();
  });

  it('stops in an orderly way when its parent is killed [ARC-008]', async () => {
    const source = path.resolve(__dirname, '../../src/platform/process/parent.ts');
    const note = path.join(folder, 'stopped');
    await writeFile(
      path.join(folder, 'worker.ts'),
      `const { exitWithParent, reportReady } = require(${JSON.stringify(source)});
       const timer = setInterval(() => undefined, 1000);
       exitWithParent(async () => { require('node:fs').writeFileSync(${JSON.stringify(note)}, 'in order'); clearInterval(timer); });
       reportReady({ pid: process.pid });`,
    );
    await writeFile(
      path.join(folder, 'parent.cjs'),
      `const child = require('node:child_process').fork(${JSON.stringify(path.join(folder, 'worker.ts'))});
       child.on('message', message => process.send(message));`,
    );
    const parent = fork(path.join(folder, 'parent.cjs'), { execArgv: ['--import', 'tsx'], cwd: path.resolve(__dirname, '../..') });
    const { pid } = await nextMessage<{ pid: number }>(parent);

    parent.kill('SIGKILL');

    expect(await waitUntilGone(pid, 10_000)).toBe(true);
    expect(await readFile(note, 'utf8')).toBe('in order');
  });
});

describe('a process lock', () => {
  const refused = (pid: number) => new StartupError(`in use by ${pid}`);

  it('keeps others out until it is released [ARC-008]', async () => {
    const file = path.join(folder, 'lock');
    const lock = await takeProcessLock(file, refused);

    await expect(takeProcessLock(file, refused)).rejects.toThrow(`in use by ${process.pid}`);
    expect(await lockHolder(file)).toBe(process.pid);

    await lock.release();
    expect(await lockHolder(file)).toBeUndefined();
    await (await takeProcessLock(file, refused)).release();
  });

  it.each([
    ['whose holder was killed', { pid: 2_147_483_646, identity: '1@boot' }],
    ['whose pid another process was given since', { pid: process.pid, identity: '1@an earlier boot' }],
    ['that is not readable', 'half a fi'],
  ])('does not mind a file %s [ARC-008]', async (_which, content) => {
    const file = path.join(folder, 'lock');
    await writeFile(file, JSON.stringify(content));

    const lock = await takeProcessLock(file, refused);

    expect(await lockHolder(file)).toBe(process.pid);
    await lock.release();
  });

  it('is given to exactly one of many that come at once, although a stale file lies there [ARC-008]', async () => {
    const file = path.join(folder, 'lock');
    await writeFile(file, JSON.stringify({ pid: process.pid, identity: 'long ago' }));

    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => takeProcessLock(file, refused)));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the identity of a process', () => {
  it('is constant while it runs and gone with it [ARC-008]', async () => {
    const child = await run(`process.send({ ready: true }); setInterval(() => undefined, 1000)`);
    await child.ready;
    const pid = pidOf(child);
    const identity = processIdentity(pid);

    expect(identity).toBeDefined();
    expect(processIdentity(pid)).toBe(identity);
    expect(commandLine(pid)).toContain('child.cjs');
    expect(await waitUntilGone(pid, 50)).toBe(false);

    signalProcess(pid, 'SIGKILL');
    expect(await waitUntilGone(pid, 5_000)).toBe(true);
    expect(processIdentity(pid)).toBeUndefined();
    expect(commandLine(pid)).toBeUndefined();
    expect(() => {
      signalProcess(2_147_483_646, 'SIGTERM');
    }).not.toThrow();
  });
});

describe('a start-up error', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EACCES', 'permission denied'],
    ['EROFS', 'the file system is read-only'],
  ])('says what %s means in one line [ARC-007]', (code, meaning) => {
    const cause = Object.assign(new Error(`${code}: open\n'/x'`), { code });

    const error = asStartupError(cause, 'write the secrets');

    expect(error.message).toBe(`Cannot write the secrets: ${meaning} (${code}: open '/x')`);
    expect(error.cause).toBe(cause);
  });

  it('is not wrapped twice [ARC-007]', () => {
    const error = new StartupError('first\n  second');

    expect(asStartupError(error, 'go on')).toBe(error);
    expect(error.message).toBe('first second');
  });
});

describe('a TCP port', () => {
  it('is free, taken or reserved [ARC-007]', async () => {
    const port = await freePort();
    expect(await portObstacle('127.0.0.1', port)).toBeUndefined();

    const server = createServer();
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));

    expect(await portObstacle('127.0.0.1', port)).toBe('taken');
    await new Promise(resolve => server.close(resolve));
  });
});

describe('the lines of a stream', () => {
  it('are whole although they come in pieces and end in different ways [ARC-008]', async () => {
    const stream = new PassThrough();
    forEachLine(stream, line => lines.push(line));

    for (const piece of ['on', 'e\r', '\ntw', 'o\n', '', '\nthree']) stream.write(piece);
    stream.end();
    await new Promise(resolve => setTimeout(resolve, 20));

    expect(lines).toEqual(['one', 'two', '', 'three']);
  });
});

const nextMessage = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    child.once('message', message => {
      resolve(message as T);
    });
    child.once('exit', code => {
      reject(new Error(`It ended with code ${code ?? 'none'}`));
    });
  });
