import { type ChildProcess, spawn } from 'node:child_process';

import { forEachLine, type OnLine } from './lines';
import { StartupError } from './startup-error';

export interface ChildSpec {
  /** What messages call it, such as `worker`. */
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of node itself, such as `--import tsx`. */
  readonly execArgv?: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How long it may take until it reports that it is ready. */
  readonly readyWithinMs?: number;
  /** How long it may take to end after SIGTERM before it is killed. */
  readonly stopWithinMs?: number;
  /** Gets every line of its stdout and stderr. */
  readonly onLine: OnLine;
}

export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /** What it sent with its ready message. Rejects with a StartupError when it ends or stays silent instead. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Settles when it has ended, with the reason unless we stopped it. Never rejects. */
  readonly exited: Promise<StartupError | undefined>;
  /** Ends it with SIGTERM, and with SIGKILL when it takes too long; resolves when it is gone. */
  readonly stop: () => Promise<void>;
  /** SIGKILL, for a user who will not wait. */
  readonly kill: () => void;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const LAST_LINES_WITHIN_MS = 1_000;

/**
 * Starts a node script as a child that reports `{ ready: true, ... }` over IPC. It has its own process group, so that a
 * Ctrl-C at the terminal reaches the parent alone and the children end in the order that the parent chooses.
 */
export function startChild(spec: ChildSpec): Child {
  const child = spawn(process.execPath, [...(spec.execArgv ?? []), spec.script, ...(spec.args ?? [])], {
    env: { ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
  });
  const lastErrorLine = forwardLines(child, spec.onLine);
  let stopping = false;
  const exited = endOf(child).then(how => (stopping ? undefined : endedUnexpectedly(spec.name, how, lastErrorLine())));
  const ready = readiness(child, spec, exited);
  // Whoever stops a child before it is ready need not also catch this promise.
  ready.catch(() => undefined);

  return {
    name: spec.name,
    pid: child.pid,
    ready,
    exited,
    stop: async () => {
      stopping = true;
      await terminate(child, spec.stopWithinMs ?? STOP_WITHIN_MS);
    },
    kill: () => {
      stopping = true;
      child.kill('SIGKILL');
    },
  };
}

function readiness(child: ChildProcess, { name, readyWithinMs = READY_WITHIN_MS }: ChildSpec, exited: Child['exited']) {
  return new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    const late = new StartupError(`${name} was not ready after ${readyWithinMs / 1000} s`);
    const timer = setTimeout(() => {
      reject(late);
    }, readyWithinMs);
    child.on('message', message => {
      if (!isReady(message)) return;
      clearTimeout(timer);
      resolve(message);
    });
    void exited.then(reason => {
      clearTimeout(timer);
      reject(reason ?? new StartupError(`${name} was stopped before it was ready`));
    });
  });
}

const isReady = (message: unknown): message is Readonly<Record<string, unknown>> =>
  typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;

function forwardLines({ stdout, stderr }: ChildProcess, onLine: OnLine): () => string | undefined {
  let last: string | undefined;
  if (stdout) forEachLine(stdout, onLine);
  if (stderr) {
    forEachLine(stderr, line => {
      // The stack and the version of node that follow an uncaught error say less than its message.
      if (/^\S/.test(line) && !/^(Node\.js v|[{}])/.test(line)) last = line;
      onLine(line);
    });
  }
  return () => last;
}

/** Waits for the last line too, but not for a grandchild that keeps the pipe open. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => {
      resolve(`(${error.message})`);
    });
    child.once('exit', (code, signal) => {
      const how = signal === null ? `with code ${code ?? 0}` : `by ${signal}`;
      const timer = setTimeout(() => {
        resolve(how);
      }, LAST_LINES_WITHIN_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(how);
      });
    });
  });
}

function endedUnexpectedly(name: string, how: string, lastErrorLine: string | undefined): StartupError {
  return new StartupError(`${name} ended unexpectedly ${how}${lastErrorLine === undefined ? '' : `: ${lastErrorLine}`}`);
}

async function terminate(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>(resolve =>
    child.once('exit', () => {
      resolve();
    }),
  );
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  await gone;
  clearTimeout(timer);
}
