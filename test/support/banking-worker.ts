import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { TestApp } from './app';
import { settings } from './settings';

/** A worker in a process of its own, as in production: the only way to see what its death leaves behind. */
export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  static start({ db, bank, url }: TestApp): WorkerProcess {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'worker'], {
      cwd: join(__dirname, '../..'),
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH,
        NODE_ENV: 'test',
        PAYYMO_PUBLIC_URL: url,
        DATABASE_URL: db.appUrl,
        DATABASE_WORKER_URL: db.workerUrl,
        PAYYMO_SIGNING_KEY: settings().signingKey,
        PAYYMO_ENCRYPTION_KEY: settings().encryptionKey,
        GOCARDLESS_BANK_DATA_URL: bank.url,
        GOCARDLESS_BANK_DATA_SECRET_ID: 'test-id',
        GOCARDLESS_BANK_DATA_SECRET_KEY: 'test-key',
        LOG_LEVEL: 'silent',
      },
    });
    return new WorkerProcess(child);
  }

  /** Ends it as the kernel would: nothing of it runs any more. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
