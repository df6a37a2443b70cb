import type { Walk } from './walk';

interface Introduction {
  readonly me: { readonly name: string; readonly email: string; readonly role: string; readonly permissions: readonly string[] };
  readonly tenant: {
    readonly name: string;
    readonly slug: string;
    readonly country: string;
    readonly users: { readonly totalCount: number };
  };
}

interface Institution {
  readonly id: string;
  readonly name: string;
  readonly historyDays: number;
}

/** Tells who is signed in where. Returns the country of the tenant. */
export async function introduce({ client, narrator }: Walk): Promise<string> {
  narrator.step('Who am I?');
  const { me, tenant } = await client.ask<Introduction>(
    '{ me { name email role permissions } tenant { name slug country users { totalCount } } }',
  );
  narrator.check(me.role === 'OWNER', 'an owner', `${me.email} is ${me.role}`);
  narrator.tell(
    `${me.email}, ${me.role} with ${me.permissions.length} permissions`,
    `of ${tenant.name} (${tenant.slug}, ${tenant.country}) with ${tenant.users.totalCount} users`,
  );
  return tenant.country;
}

/** Lists the banks of a country. Returns the one that the sandbox serves the tenant's accounts at. */
export async function listInstitutions({ client, narrator, demo }: Walk, slug: string, country: string): Promise<Institution> {
  narrator.step(`Banks in ${country}`);
  const { institutions } = await client.ask<{ institutions: readonly Institution[] }>(
    'query ($country: String!) { institutions(country: $country) { id name historyDays } }',
    { country },
  );
  for (const { name, historyDays } of institutions) narrator.tell(`${name} (${historyDays} days of history)`);
  const wanted = demo.sandbox.businesses.find(business => business.slug === slug)?.institutionId;
  return narrator.found(
    institutions.find(({ id }) => id === wanted),
    `${wanted ?? 'a bank'} among them`,
    'it is not listed',
  );
}
