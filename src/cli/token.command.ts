import { readFile } from 'node:fs/promises';

import { roles } from '../identity/permissions';
import { StartupError } from '../platform/process/startup-error';
import { demoFile } from './files';
import { post } from './graphql-client';
import { say } from './say';
import { DemoFile } from './seed-demo';

/** Prints an access token of the running demo; nothing else, so that a shell can take it. */
export async function token(slug: string, role: string): Promise<void> {
  const { graphqlUrl, tenants } = await readDemo();
  const tenant = tenants.find(one => one.slug === slug);
  if (!tenant) throw new StartupError(`There is no tenant ${slug}: take one of ${tenants.map(one => one.slug).join(', ')}`);
  const user = tenant.users.find(one => one.role === role.toUpperCase());
  if (!user) throw new StartupError(`There is no role ${role}: take one of ${roles.map(one => one.toLowerCase()).join(', ')}`);
  const { signIn } = await post<{ signIn: { accessToken: string } }>(graphqlUrl, {
    query: 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
    variables: { input: { email: user.email, password: user.password, tenant: slug } },
  });
  say(signIn.accessToken);
}

/** @throws StartupError when no demo was started here. */
export async function readDemo() {
  try {
    return DemoFile.parse(JSON.parse(await readFile(demoFile, 'utf8')));
  } catch (cause) {
    throw new StartupError('There is no demo here: start it with npm start', { cause });
  }
}
