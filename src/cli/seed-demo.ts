import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Transaction } from 'sequelize';
import { z } from 'zod';

import type { App } from '../app';
import { tenantIds } from '../identity/ids';
import { platformRoles, roles } from '../identity/roles/permissions';
import { PLATFORM_SLUG } from '../identity/tenants/tenant-values';
import { jobPrincipal } from '../platform/auth/principal';
import { newId } from '../platform/database/ids';
import { Scope } from '../platform/database/scope';
import { systemCode } from '../platform/process/startup-error';
import { SeededTenant } from './demo/demo-file';
import type { DemoContext, DemoTenant } from './demo/parts';
import { writePrivately } from './demo/private-file';

type SeededRole = SeededTenant['users'][number]['role'];
type SandboxBusiness = DemoContext['sandbox']['businesses'][number];

/** What the seed needs of the application. */
export type SeedApp = Pick<App, 'database' | 'accounts' | 'platform' | 'installations'>;

/**
 * Makes a tenant for each business of the sandbox and the platform's own, with a user for each role; what an earlier start made stays.
 * Ids and passwords are written down before they are used, so that a start that was cut off can be repeated.
 */
export async function seedDemo(app: SeedApp, { home, sandbox }: Pick<DemoContext, 'home' | 'sandbox'>): Promise<DemoTenant[]> {
  const file = path.join(home, 'tenants.json');
  const known = await knownTenants(file);
  const named = (slug: string) => known.find(tenant => tenant.slug === slug);
  const platform = named(PLATFORM_SLUG) ?? newTenant({ slug: PLATFORM_SLUG, name: 'Payymo' }, platformRoles);
  const tenants = [...sandbox.businesses.map(business => named(business.slug) ?? newTenant(business, roles)), platform];
  await writePrivately(file, `${JSON.stringify(tenants, null, 2)}\n`);
  for (const [index, business] of sandbox.businesses.entries()) {
    const tenant = tenants[index];
    if (tenant) await ensureTenant(app, tenant, business, sandbox);
  }
  await ensurePlatform(app, platform);
  return tenants;
}

async function knownTenants(file: string): Promise<readonly SeededTenant[]> {
  try {
    return z.array(SeededTenant).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

const newTenant = ({ slug, name }: Pick<SandboxBusiness, 'slug' | 'name'>, of: readonly SeededRole[]): SeededTenant => ({
  id: tenantIds.encode(newId()),
  slug,
  name,
  users: of.map(role => ({
    email: `${role.toLowerCase()}@${slug}.example`,
    password: randomBytes(15).toString('base64url'),
    role,
  })),
});

/** The sandbox may have moved to another port since the last start: the installation is configured every time. */
async function ensureTenant(
  { database, accounts, installations }: SeedApp,
  tenant: SeededTenant,
  { country }: SandboxBusiness,
  { whmcs }: DemoContext['sandbox'],
): Promise<void> {
  const id = tenantIds.decode(tenant.id);
  const installation = whmcs.installations.find(({ slug }) => slug === tenant.slug);
  if (!installation) throw new Error(`The sandbox serves no WHMCS for ${tenant.slug}`);
  const scope = new Scope(database, jobPrincipal(id, 'seed'), 'seed');
  await scope.change(async transaction => {
    if (!(await accounts.tenantExists(id, transaction))) await createTenant(accounts, id, tenant, country, transaction);
    await installations.configure(scope, installation, transaction);
  });
}

async function ensurePlatform({ platform }: SeedApp, { id, users }: SeededTenant): Promise<void> {
  const realm = await platform.ensure(tenantIds.decode(id));
  for (const { role, ...user } of users) {
    const isPlatformRole = role === 'PLATFORM_OPERATOR' || role === 'PLATFORM_AUDITOR';
    if (isPlatformRole && !(await platform.knows(realm, user.email))) await platform.addUser(realm, { ...user, role, name: titleOf(role) });
  }
}

async function createTenant(
  accounts: App['accounts'],
  id: string,
  { slug, name, users }: SeededTenant,
  country: string,
  transaction: Transaction,
): Promise<void> {
  await accounts.createTenant({ id, slug, name, country }, transaction);
  for (const user of users) await accounts.createUser({ ...user, name: titleOf(user.role) }, transaction);
}

const titleOf = (role: SeededRole): string => (role.charAt(0) + role.slice(1).toLowerCase()).replace('_', ' ');
