import { spawn } from 'node:child_process';
import path from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const checkout = path.resolve(__dirname, '../../..');

/** Runs `payymo ...` of a checkout as a process of its own, with nothing in its environment but what is given. */
export function payymo(args: readonly string[], env: Readonly<Record<string, string>> = {}, root = checkout): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'src/main.ts'), ...args], { cwd: root, env: { ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise(resolve => {
    child.on('close', code => {
      resolve({ code, stdout, stderr });
    });
  });
}
