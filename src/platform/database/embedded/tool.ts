import { spawn } from 'node:child_process';

import { systemCode } from '../../process/startup-error';

/** Whose rights a program has. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ToolResult {
  readonly ok: boolean;
  /** Everything it wrote to stdout and stderr; for one that could not be started, why not. */
  readonly output: string;
  /** The code of the operating system, such as EACCES, when it could not be started. */
  readonly spawnCode?: string;
}

/** Nothing of ours is inherited: neither secrets, nor PG* variables, nor a language in which messages would come. */
const TOOL_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' } as const;

/** How PostgreSQL's programs are spawned: from a folder that everybody may enter, in a group that no Ctrl-C reaches. */
export const asAccount = (account: Account | undefined) => ({
  cwd: '/',
  env: TOOL_ENVIRONMENT,
  detached: true,
  ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
});

/** Runs a program to its end. Never rejects. */
export async function runTool(command: string, args: readonly string[], account: Account | undefined): Promise<ToolResult> {
  try {
    return await runToItsEnd(command, args, account);
  } catch (error) {
    // spawn throws some codes, such as EPERM for an account that we may not become, and emits others.
    return { ok: false, output: String(error), spawnCode: systemCode(error) ?? 'UNKNOWN' };
  }
}

function runToItsEnd(command: string, args: readonly string[], account: Account | undefined): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...asAccount(account), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', code => {
      resolve({ ok: code === 0, output });
    });
  });
}

/**
 * The line of a program's output that says best why it failed: the last one of a high severity, else the last one.
 * What PostgreSQL writes after it ("database system is shut down", "removing contents") explains nothing.
 */
export function tellingLine(output: string): string {
  const lines = output.split('\n').map(line => line.trim());
  const severe = lines.filter(line => /\b(FATAL|PANIC|error|Permission denied|No space left)\b/i.test(line));
  const telling = severe.at(-1) ?? lines.filter(line => line !== '').at(-1) ?? 'it said nothing';
  // Time, process and severity help in a log only.
  return telling.replace(/^.*?\b(FATAL|PANIC|ERROR|LOG): +/, '');
}
