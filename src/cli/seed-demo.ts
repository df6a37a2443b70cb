import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import type { App } from '../app';
import { tenantIds } from '../identity/ids';
import { type Role, roles } from '../identity/permissions';
import { jobPrincipal } from '../platform/auth/principal';
import { newId } from '../platform/database/ids';
import { Scope } from '../platform/database/scope';
import type { DemoContext, DemoTenant } from './demo/parts';
import { demoFile } from './files';

/** What demo.json keeps of the demo. */
export const DemoFile = z.object({
  graphqlUrl: z.url(),
  tenants: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      users: z.array(z.object({ email: z.string(), password: z.string(), role: z.enum(roles) })),
    }),
  ),
});

type Known = z.infer<typeof DemoFile>['tenants'][number];

/** Makes a tenant for each business of the sandbox, with a user for each role; what an earlier start made stays as it is. */
export async function seedDemo(app: App, { sandbox }: DemoContext): Promise<DemoTenant[]> {
  const known = await knownTenants();
  const tenants: DemoTenant[] = [];
  for (const business of sandbox.businesses) {
    const tenant = known.find(({ slug }) => slug === business.slug) ?? (await createTenant(app, business));
    await connectBilling(app, tenantIds.decode(tenant.id), sandbox, business.slug);
    tenants.push(tenant);
  }
  return tenants;
}

async function knownTenants(): Promise<readonly Known[]> {
  try {
    return DemoFile.parse(JSON.parse(await readFile(demoFile, 'utf8'))).tenants;
  } catch {
    return [];
  }
}

async function createTenant(
  { database, accounts }: App,
  { slug, name, country }: DemoContext['sandbox']['businesses'][number],
): Promise<Known> {
  const id = newId();
  const users = roles.map(role => ({
    email: `${role.toLowerCase()}@${slug}.example`,
    password: randomBytes(15).toString('base64url'),
    role,
  }));
  await new Scope(database, jobPrincipal(id, 'seed'), 'seed').change(async transaction => {
    await accounts.createTenant({ id, slug, name, country }, transaction);
    for (const user of users) await accounts.createUser({ ...user, name: titleOf(user.role) }, transaction);
  });
  return { id: tenantIds.encode(id), slug, name, users };
}

const titleOf = (role: Role): string => role.charAt(0) + role.slice(1).toLowerCase();

/** The sandbox may have moved to another port since. */
async function connectBilling(
  { database, installations }: App,
  tenantId: string,
  { whmcs }: DemoContext['sandbox'],
  slug: string,
): Promise<void> {
  const installation = whmcs.installations.find(one => one.slug === slug);
  if (!installation) throw new Error(`The sandbox serves no WHMCS for ${slug}`);
  await new Scope(database, jobPrincipal(tenantId, 'seed'), 'seed').change(transaction =>
    installations.configure(tenantId, installation, transaction),
  );
}
