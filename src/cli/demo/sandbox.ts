import { existsSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

import { type Child, startChild } from '../../platform/process/child';
import type { OnLine } from '../../platform/process/lines';
import { StartupError } from '../../platform/process/startup-error';
import type { DemoSecrets } from './secrets';

const SandboxFacts = z.object({
  gocardless: z.object({ url: z.url(), origin: z.url() }),
  whmcs: z.object({
    origin: z.url(),
    installations: z.array(
      z.object({ slug: z.string(), url: z.url(), identifier: z.string(), secret: z.string(), gateway: z.string() }).readonly(),
    ),
  }),
  businesses: z.array(
    z.object({ slug: z.string(), name: z.string(), country: z.string(), currency: z.string(), institutionId: z.string() }).readonly(),
  ),
});

/** Where the sandbox serves the providers, and for which businesses. */
export type SandboxFacts = Readonly<z.infer<typeof SandboxFacts>>;

/**
 * Starts the servers that stand in for the banks and for WHMCS. They are test code and live in the checkout only: an
 * installed or built Payymo cannot contain them.
 * @throws StartupError when there is no checkout at `root`.
 * @requirement ARC-006, BNK-006
 */
export function startSandbox(root: string, home: string, secrets: DemoSecrets, onLine: OnLine): Child {
  const script = path.join(root, 'test', 'sandbox', 'main.ts');
  if (!existsSync(script)) throw new StartupError(`The demo needs a checkout of the source: ${script} is missing`);
  return startChild({
    name: 'sandbox',
    script,
    execArgv: ['--import', 'tsx'],
    cwd: root,
    env: {
      SANDBOX_STATE_DIR: path.join(home, 'sandbox'),
      SANDBOX_SECRET_ID: secrets.sandboxSecretId,
      SANDBOX_SECRET_KEY: secrets.sandboxSecretKey,
    },
    onLine,
  });
}

/** Waits until the sandbox serves. @throws StartupError when it ends, stays silent or reports something else. */
export async function sandboxFacts({ ready }: Child): Promise<SandboxFacts> {
  const parsed = SandboxFacts.safeParse(await ready);
  if (parsed.success) return parsed.data;
  throw new StartupError(`sandbox reported something else than its servers: ${z.prettifyError(parsed.error)}`);
}
