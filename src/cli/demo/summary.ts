import type { DemoTenant } from './parts';

export interface SummaryFacts {
  readonly url: string;
  readonly demoFile: string;
  /** The shell command that prints an access token. */
  readonly tokenCommand: string;
  readonly tenants: readonly DemoTenant[];
}

/** What a person who has just started the demo needs in order to use it. */
export function summary({ url, demoFile, tokenCommand, tenants }: SummaryFacts): string {
  return [
    '',
    'Payymo is ready.',
    '',
    `  GraphQL    ${url}/graphql`,
    `  Explorer   ${url}/explorer`,
    `  Tenants    ${tenants.map(({ name, slug }) => `${name} (${slug})`).join(', ')}`,
    `  Sign-in    addresses, passwords and keys are in ${demoFile}`,
    `  Token      ${tokenCommand}`,
    '',
    'Try it in another terminal:',
    '',
    `  curl -s ${url}/graphql -H 'content-type: application/json' -H "authorization: Bearer $(${tokenCommand})" \\`,
    `    -d '{"query":"{ __typename }"}'`,
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}
