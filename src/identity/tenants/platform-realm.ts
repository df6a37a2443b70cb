import { UniqueConstraintError } from 'sequelize';

import { jobPrincipal } from '../../platform/auth/principal';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { conflict } from '../../platform/errors';
import { hashPassword } from '../passwords/password';
import type { PlatformRole } from '../roles/permissions';
import { singleLine } from '../users/single-line';
import { mailAddress } from '../../platform/mail/mail-address';
import { User } from '../users/user.model';
import { PLATFORM_SLUG } from './tenant-values';
import { Tenant } from './tenant.model';

export interface NewPlatformUser {
  readonly id?: string;
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

  /** Whether somebody can act for the platform already. */
  async hasOperator(realm: string): Promise<boolean> {
    const where = { role: 'PLATFORM_OPERATOR', disabledAt: null } as const;
    return (await this.#scope(realm).change(transaction => User.count({ where, transaction }))) > 0;
  }

  /** Adds somebody, who enrols a second factor at the first sign-in. @throws BAD_USER_INPUT; CONFLICT for an address that is there. */
  async addUser(realm: string, { id = newId(), password, ...user }: NewPlatformUser): Promise<string> {
    const email = mailAddress('email', user.email);
    const name = singleLine('name', user.name, 1, 100);
    const passwordHash = await hashPassword(password);
    const scope = this.#scope(realm);
    await scope.change(async transaction => {
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
