import { randomBytes } from 'node:crypto';

import type { Transaction } from 'sequelize';
import { renderSVG } from 'uqr';

import type { Clock } from '../../platform/clock';
import type { Seal, SealedPlace } from '../../platform/crypto/seal';
import { newId } from '../../platform/database/ids';
import type { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { badInput, conflict } from '../../platform/errors';
import { decodeBase32, encodeBase32 } from './base32';
import { otpauthUri, stepsOfCode, TOTP_SECRET_BYTES } from './totp';
import { TotpSeed } from './totp-seed.model';

const PENDING_SECONDS = 600;

/** What an authenticator app is given, once. */
export interface TotpEnrolment {
  /** Base32, 160 bits. */
  readonly secret: string;
  /** otpauth://totp/… */
  readonly uri: string;
  /** The same as a QR code: the data URI of an SVG image. */
  readonly qrCode: string;
  /** In UTC: until then the first code must come back. */
  readonly expiresAt: Date;
}

interface SealedRow {
  readonly id: string;
  readonly sealedSeed: string;
}

/**
 * One-time passwords of an authenticator app (RFC 6238): seeds are sealed for their row, and each time step counts once.
 * @requirement SEC-011, SEC-013
 */
export class TotpFactor {
  constructor(
    private readonly seal: Seal,
    private readonly clock: Clock,
  ) {}

  /** A new secret in the place of one that still waits for its first code. One in use stays in use until then. */
  async begin({ actor: { tenantId } }: Scope, transaction: Transaction, user: { id: string; email: string }): Promise<TotpEnrolment> {
    const seed = randomBytes(TOTP_SECRET_BYTES);
    const secret = encodeBase32(seed);
    const uri = otpauthUri(seed, user.email);
    const id = newId();
    const expiresAt = new Date(this.clock.now().getTime() + PENDING_SECONDS * 1000);
    await TotpSeed.destroy({ where: { userId: user.id, confirmedAt: null }, transaction });
    await TotpSeed.create({ id, userId: user.id, sealedSeed: this.seal.seal(secret, placeOf(tenantId, id)), expiresAt }, { transaction });
    return { secret, uri, qrCode: `data:image/svg+xml;base64,${Buffer.from(renderSVG(uri, { border: 4 })).toString('base64')}`, expiresAt };
  }

  /** Takes the pending secret into use, in the place of an earlier one. @throws CONFLICT when none is pending; BAD_USER_INPUT */
  async confirm({ actor: { tenantId } }: Scope, transaction: Transaction, userId: string, code: string): Promise<void> {
    const now = this.clock.now();
    const seed = await TotpSeed.findOne({ where: { userId, confirmedAt: null }, transaction, lock: true });
    if (!seed?.expiresAt || seed.expiresAt <= now) throw conflict('No enrolment is pending: begin it, and confirm it within ten minutes');
    // Guessing wins nothing here: whoever asks was just shown the secret.
    const step = stepsOfCode(this.#open(tenantId, seed), code, now).at(-1);
    if (step === undefined) throw badInput('input.code', 'The code does not fit: check the time of the device');
    await this.remove(transaction, userId);
    await seed.update({ confirmedAt: now, expiresAt: null, lastStep: step, lastUsedAt: now }, { transaction });
  }

  /** Whether this is the user's code of now. The statement that tells is the one that uses its step up. */
  async use(scope: Scope, transaction: Transaction, userId: string, code: string): Promise<boolean> {
    const now = this.clock.now();
    const [seed] = await scope.rowsIn<SealedRow>(
      transaction,
      sql`select t.id, t.sealed_seed as "sealedSeed" from totp_seeds t
        where t.tenant_id = ${tenant} and t.user_id = ${userId} and t.confirmed_at is not null`,
    );
    if (!seed) return false;
    for (const step of stepsOfCode(this.#open(scope.actor.tenantId, seed), code, now)) {
      const used = await scope.rowsIn(
        transaction,
        sql`update totp_seeds t set last_step = ${step}, last_used_at = ${now}, updated_at = now()
          where t.tenant_id = ${tenant} and t.id = ${seed.id} and t.last_step < ${step} returning t.id`,
      );
      if (used.length > 0) return true;
    }
    return false;
  }

  /** The one in use. */
  async remove(transaction: Transaction, userId: string): Promise<void> {
    await TotpSeed.destroy({ where: { userId, expiresAt: null }, transaction });
  }

  /** And one that is pending. */
  async removeAll(transaction: Transaction, userId: string): Promise<void> {
    await TotpSeed.destroy({ where: { userId }, transaction });
  }

  #open(tenantId: string, { id, sealedSeed }: SealedRow): Buffer {
    return decodeBase32(this.seal.open(sealedSeed, placeOf(tenantId, id)));
  }
}

const placeOf = (tenantId: string, rowId: string): SealedPlace => ({ tenantId, table: 'totp_seeds', column: 'sealed_seed', rowId });
