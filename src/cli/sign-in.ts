import { type DemoFile, userOf } from './demo/demo-file';
import { post } from './graphql-client';

/** An access token of a seeded user. @throws StartupError when there is no such user, or the demo does not answer. */
export async function signIn(demo: DemoFile, slug: string, role: string): Promise<string> {
  const { email, password } = userOf(demo, slug, role);
  const { signIn: signedIn } = await post<{ signIn: { accessToken: string } }>(demo.graphqlUrl, {
    query: 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
    variables: { input: { email, password, tenant: slug } },
  });
  return signedIn.accessToken;
}
