import { type DemoFile, userOf } from './demo/demo-file';
import { secondFactorsFile } from './files';
import { post } from './graphql-client';
import { type Challenge, meetChallenge } from './second-step';

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken secondFactor { challenge demand } } }';

interface SignedIn {
  readonly signIn: { readonly accessToken: string } | { readonly accessToken: null; readonly secondFactor: Challenge };
}

/** An access token of a seeded user, with a second factor where one is demanded. @throws StartupError when there is no such user, or the demo does not answer. */
export async function signIn(demo: DemoFile, slug: string, role: string, factorsFile = secondFactorsFile): Promise<string> {
  const { email, password } = userOf(demo, slug, role);
  const { signIn: answer } = await post<SignedIn>(demo.graphqlUrl, {
    query: SIGN_IN,
    variables: { input: { email, password, tenant: slug } },
  });
  return answer.accessToken ?? meetChallenge(demo.graphqlUrl, answer.secondFactor, email, factorsFile);
}
