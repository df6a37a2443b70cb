import type { Transaction } from 'sequelize';

import { newId } from '../../platform/database/ids';
import { hashPassword } from '../passwords/password';
import { requireGoodPassword } from '../passwords/password-policy';
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

  /** @throws BAD_USER_INPUT for a password that nobody should use. */
  async createUser({ password, email, ...user }: NewUser, transaction: Transaction): Promise<User> {
    await requireGoodPassword(password, { email, name: user.name });
    return User.create({ ...user, id: newId(), email: email.toLowerCase(), passwordHash: await hashPassword(password) }, { transaction });
  }
}
