import { generateKeyPair, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import type { RolePasswords } from '../../platform/database/embedded/prepare-database';
import { systemCode } from '../../platform/process/startup-error';
import { writePrivately } from './private-file';

/** What the demo makes up for itself, once. */
export interface DemoSecrets {
  /** RSA-3072, PKCS#8 PEM. */
  readonly signingKey: string;
  /** 32 bytes in base64. */
  readonly encryptionKey: string;
  readonly databasePasswords: RolePasswords;
  readonly sandboxSecretId: string;
  readonly sandboxSecretKey: string;
}

/** Reads the secrets of a folder, a file each with mode 0600, and makes those that are missing. */
export async function ensureSecrets(folder: string): Promise<DemoSecrets> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const secret = (name: string, make: () => string | Promise<string> = aPassword) => ensureSecret(path.join(folder, name), make);
  return {
    signingKey: await secret('signing-key.pem', aSigningKey),
    encryptionKey: await secret('encryption-key', () => randomBytes(32).toString('base64')),
    databasePasswords: {
      owner: await secret('database-owner-password'),
      app: await secret('database-app-password'),
      worker: await secret('database-worker-password'),
    },
    sandboxSecretId: await secret('sandbox-secret-id'),
    sandboxSecretKey: await secret('sandbox-secret-key'),
  };
}

async function ensureSecret(file: string, make: () => string | Promise<string>): Promise<string> {
  const known = await readIfThere(file);
  if (known !== '') {
    await chmod(file, 0o600);
    return known;
  }
  const made = (await make()).trim();
  await writePrivately(file, `${made}\n`);
  return made;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}

const aPassword = () => randomBytes(24).toString('base64url');

async function aSigningKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
