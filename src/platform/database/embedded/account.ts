import { readFile, stat } from 'node:fs/promises';

import { StartupError } from '../../process/startup-error';
import { type Account, runTool } from './tool';

const PREFERRED = ['postgres', 'nobody'];
const ATTEMPTS = 5;

/**
 * The account to run PostgreSQL as: undefined means our own. PostgreSQL refuses to run as root, so root hands it to the
 * owner of the existing data, else to an unprivileged account of the machine; none is ever created.
 * @throws StartupError when root may become nobody else here, as in some containers.
 */
export async function serverAccount(dataDirectory: string | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataDirectory === undefined ? undefined : await ownerOf(dataDirectory);
  if (owner !== undefined) return owner;
  for (const account of (await accountsOfTheMachine()).slice(0, ATTEMPTS)) {
    if (await canBecome(account)) return account;
  }
  throw new StartupError(
    'PostgreSQL refuses to run as root, and no other account can be used here: start Payymo as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours',
  );
}

async function ownerOf(path: string): Promise<Account | undefined> {
  const { uid, gid } = await stat(path).catch(() => ({ uid: 0, gid: 0 }));
  return uid === 0 ? undefined : { uid, gid };
}

/** All accounts but root, the preferred ones first. initdb wants the account to have an entry in /etc/passwd. */
async function accountsOfTheMachine(): Promise<Account[]> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const accounts = passwd
    .split('\n')
    .map(line => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 && gid >= 0);
  const rank = ({ name }: { name: string }) => (PREFERRED.includes(name) ? PREFERRED.indexOf(name) : PREFERRED.length);
  return accounts.sort((a, b) => rank(a) - rank(b)).map(({ uid, gid }) => ({ uid, gid }));
}

/** A user namespace may not map the account, and a container may have lost the right to change it. */
const canBecome = async (account: Account): Promise<boolean> => (await runTool('/bin/sh', ['-c', ':'], account)).ok;
