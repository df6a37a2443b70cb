import 'reflect-metadata';

import { permissionsOf } from '../src/identity/roles/permissions';
import { jobPrincipal } from '../src/platform/auth/principal';
import { newId } from '../src/platform/database/ids';
import { Scope } from '../src/platform/database/scope';
import { systemClock } from '../src/platform/clock';
import { aDatabase, type TestDatabase } from '../test/support/database';
import globalSetup from '../test/support/global-setup';
import globalTeardown from '../test/support/global-teardown';
import { anInstance, type Instance } from '../test/support/instance';

export interface TwoInstances {
  readonly db: TestDatabase;
  readonly instances: readonly [Instance, Instance];
  /** Has a user: owner@northwind.example. */
  readonly tenantId: string;
  readonly ownerId: string;
}

export const PASSWORD = 'seven quiet lighthouses';

/** Two gateways on one database of a PostgreSQL that lives as long as the work. */
export async function withTwoInstances<T>(work: (parts: TwoInstances) => Promise<T>): Promise<T> {
  await globalSetup();
  try {
    const db = await aDatabase();
    const options = { appUrl: db.appUrl, publicUrl: 'http://127.0.0.1:4000', clock: systemClock };
    const instances = [await anInstance(options), await anInstance(options)] as const;
    try {
      return await work({ db, instances, ...(await aTenant(instances[0])) });
    } finally {
      for (const instance of instances) await instance.close();
      await db.drop();
    }
  } finally {
    await globalTeardown();
  }
}

async function aTenant({ database, accounts }: Instance): Promise<{ tenantId: string; ownerId: string }> {
  const tenantId = newId();
  const user = { email: 'owner@northwind.example', name: 'Greta', role: 'OWNER', password: PASSWORD } as const;
  const ownerId = await new Scope(database, jobPrincipal(tenantId, 'bench'), 'bench').change(async transaction => {
    await accounts.createTenant({ id: tenantId, slug: 'northwind', name: 'Northwind', country: 'DE' }, transaction);
    return (await accounts.createUser(user, transaction)).id;
  });
  return { tenantId, ownerId };
}

export const OWNER_SCOPES = permissionsOf.OWNER;
