import type { Transaction } from 'sequelize';

import { newId } from '../../platform/database/ids';
import { badInput } from '../../platform/errors';
import { hashPassword, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../passwords/password';
import type { BuiltInRole } from '../roles/permissions';
import { Tenant } from './tenant.model';
import { User } from '../users/user.model';

export interface NewTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly country: string;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly role: BuiltInRole;
  readonly password: string;
}

/** Makes tenants and users. The transaction must be the tenant's own. */
export class Accounts {
  async tenantExists(id: string, transaction: Transaction): Promise<boolean> {
    return (await Tenant.findByPk(id, { transaction })) !== null;
  }

  createTenant(tenant: NewTenant, transaction: Transaction): Promise<Tenant> {
    return Tenant.create(tenant, { transaction });
  }

  /** @throws BAD_USER_INPUT for a password that is too short or too long. */
  async createUser({ password, email, ...user }: NewUser, transaction: Transaction): Promise<User> {
    if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
      throw badInput('password', `A password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
    }
    return User.create({ ...user, id: newId(), email: email.toLowerCase(), passwordHash: await hashPassword(password) }, { transaction });
  }
}
