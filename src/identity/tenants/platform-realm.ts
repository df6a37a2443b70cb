import { type Transaction, UniqueConstraintError } from 'sequelize';

import { jobPrincipal } from '../../platform/auth/principal';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { sql, tenant } from '../../platform/database/sql';
import { conflict } from '../../platform/errors';
import { mailAddress } from '../../platform/mail/mail-address';
import { hashPassword } from '../passwords/password';
import type { PlatformRole } from '../roles/permissions';
import { singleLine } from '../users/single-line';
import { User } from '../users/user.model';
import { PLATFORM_SLUG } from './tenant-values';
import { Tenant } from './tenant.model';

const MAX_NAME_LENGTH = 100;

export interface NewPlatformUser {
  readonly email: string;
  readonly name: string;
  readonly role: PlatformRole;
  readonly password: string;
}

/**
 * The platform's own tenant: where its operators and auditors belong, with sessions, second factor and audit trail as in any other.
 * There is one; it is made with its first operator, from the command line.
 */
export class PlatformRealm {
  constructor(private readonly database: Database) {}

  /** Its row id; undefined before it is made. */
  async find(): Promise<string | undefined> {
    const [row] = await this.database.callUntenanted<{ id: string | null }>('select payymo.platform_tenant() as id', []);
    return row?.id ?? undefined;
  }

  /** Its row id; it is made when it is not there. `name` and `country` are for the first time. */
  async ensure(id: string = newId()): Promise<string> {
    const known = await this.find();
    if (known !== undefined) return known;
    try {
      await this.#scope(id).change(async transaction => {
        const values = { id, slug: PLATFORM_SLUG, name: 'Payymo', country: 'DE', kind: 'PLATFORM', secondFactorRequired: true } as const;
        await Tenant.create(values, { transaction });
      });
      return id;
    } catch (error) {
      // Somebody else was faster.
      const made = error instanceof UniqueConstraintError ? await this.find() : undefined;
      if (made === undefined) throw error;
      return made;
    }
  }

  /** Whether the address is a user of the platform. */
  async knows(realm: string, email: string): Promise<boolean> {
    const where = { email: email.toLowerCase() };
    return (await this.#scope(realm).change(transaction => User.count({ where, transaction }))) > 0;
  }

  /**
   * Adds somebody, who enrols a second factor at the first sign-in.
   * @param must 'be first': nobody is an operator yet, also when two are added at once.
   * @throws BAD_USER_INPUT; CONFLICT for an address that is there, or for who is not the first and must be.
   */
  async addUser(realm: string, { password, ...user }: NewPlatformUser, must?: 'be first'): Promise<string> {
    const email = mailAddress('email', user.email);
    const name = singleLine('name', user.name, 1, MAX_NAME_LENGTH);
    const [id, passwordHash] = [newId(), await hashPassword(password)];
    const scope = this.#scope(realm);
    await scope.change(async transaction => {
      await scope.rowsIn(transaction, sql`select t.id from tenants t where t.id = ${tenant} for no key update`);
      if (must && (await hasOperator(transaction))) throw conflict('The platform has an operator already');
      if (await User.findOne({ where: { email }, transaction })) throw conflict(`${email} is a user of the platform already`);
      await User.create({ id, email, name, role: user.role, passwordHash }, { transaction });
      scope.record(transaction, { action: 'user.created', object: { type: 'User', id }, after: { role: user.role } });
    });
    return id;
  }

  #scope(realm: string): Scope {
    return new Scope(this.database, jobPrincipal(realm, 'operator-command'), `operator-${newId()}`);
  }
}

const hasOperator = async (transaction: Transaction): Promise<boolean> =>
  (await User.count({ where: { role: 'PLATFORM_OPERATOR', disabledAt: null }, transaction })) > 0;
