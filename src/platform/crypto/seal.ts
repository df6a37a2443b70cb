import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Where a sealed value stands: it opens nowhere else. */
export interface SealedPlace {
  readonly tenantId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/**
 * Seals secrets for columns: AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV, bound to tenant, table, column and row.
 * @requirement SEC-013
 */
export class Seal {
  /** @param key 32 bytes. */
  constructor(private readonly key: Buffer) {}

  seal(plain: string, place: SealedPlace): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(bindingOf(place));
    const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${sealed.toString('base64url')}`;
  }

  /** @throws Error for a value that was altered, moved to another place, or sealed with another key. */
  open(sealed: string, place: SealedPlace): string {
    const bytes = Buffer.from(sealed.slice(VERSION.length + 1), 'base64url');
    // Decoding skips what is no base64url: only the one text that `seal` wrote may open.
    if (sealed !== `${VERSION}.${bytes.toString('base64url')}` || bytes.length < IV_BYTES + TAG_BYTES)
      throw new Error('Not a sealed value');
    const decipher = createDecipheriv(ALGORITHM, this.key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(bindingOf(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

const bindingOf = ({ tenantId, table, column, rowId }: SealedPlace): Buffer =>
  Buffer.from(JSON.stringify([VERSION, tenantId, table, column, rowId]));
