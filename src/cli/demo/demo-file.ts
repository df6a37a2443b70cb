import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { platformRoles, roles } from '../../identity/roles/permissions';
import { StartupError } from '../../platform/process/startup-error';
import { demoFile } from '../files';

/** A seeded tenant with its users and their passwords. */
export const SeededTenant = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  users: z.array(z.object({ email: z.string(), password: z.string(), role: z.enum([...roles, ...platformRoles]) })),
});

export type SeededTenant = Readonly<z.infer<typeof SeededTenant>>;

/** What clients of the demo read in demo.json. */
export const DemoFile = z.object({
  graphqlUrl: z.url(),
  tenants: z.array(SeededTenant),
  sandbox: z.object({
    whmcs: z.object({ origin: z.url() }),
    businesses: z.array(z.object({ slug: z.string(), institutionId: z.string() })),
  }),
});

export type DemoFile = Readonly<z.infer<typeof DemoFile>>;

/** @throws StartupError when no demo was started here. */
export async function readDemo(file = demoFile): Promise<DemoFile> {
  try {
    return DemoFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new StartupError('There is no demo here: start it with npm start', { cause });
  }
}

/** @throws StartupError naming the tenants or the roles that there are. */
export function userOf({ tenants }: DemoFile, slug: string, role: string): SeededTenant['users'][number] {
  const tenant = tenants.find(one => one.slug === slug);
  if (!tenant) throw new StartupError(`There is no tenant ${slug}: take one of ${tenants.map(one => one.slug).join(', ')}`);
  const user = tenant.users.find(one => shortNameOf(one) === role.toLowerCase());
  if (!user) throw new StartupError(`There is no role ${role}: take one of ${tenant.users.map(shortNameOf).join(', ')}`);
  return user;
}

/** OWNER: owner; PLATFORM_OPERATOR: operator. */
const shortNameOf = ({ role }: SeededTenant['users'][number]): string => role.replace(/^PLATFORM_/, '').toLowerCase();
