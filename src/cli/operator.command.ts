import { randomBytes } from 'node:crypto';

import { type App, createApp } from '../app';
import { loadConfig } from '../config/config';
import { PayymoError } from '../platform/errors';
import { createLogger } from '../platform/logging/logger';
import { StartupError } from '../platform/process/startup-error';
import { say } from './say';

export interface OperatorOptions {
  readonly email: string;
  readonly name: string;
  /** Also when the platform has an operator already. */
  readonly again?: boolean;
}

/**
 * Makes the first operator of the platform, who then invites the others. Whoever may run this holds the database's password anyway;
 * that there is an operator already is refused so that none is added unnoticed.
 * @throws StartupError for a second one without `again`, and for an address that is there.
 */
export async function createOperator(options: OperatorOptions): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ ...config.logging, environment: config.environment, service: 'operator' });
  const app = await createApp({ config, log });
  await app.registry.start();
  try {
    say(instructions(config.http.publicUrl, options.email, await addOperator(app.platform, options)));
  } finally {
    await app.registry.stop();
  }
}

/** The password of the new operator. */
export async function addOperator(platform: App['platform'], { email, name, again = false }: OperatorOptions): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const user = { email, name, role: 'PLATFORM_OPERATOR', password } as const;
  try {
    await platform.addUser(await platform.ensure(), user, again ? undefined : 'be first');
    return password;
  } catch (error) {
    if (!(error instanceof PayymoError)) throw error;
    const hint = error.code === 'CONFLICT' && !again ? ': it can invite others (inviteUser); --again adds one all the same' : '';
    throw new StartupError(`${error.message}${hint}`, { cause: error });
  }
}

const instructions = (url: string, email: string, password: string): string =>
  [
    `${email} is an operator of the platform.`,
    '',
    `  Password  ${password}`,
    '',
    'It is shown this once. Sign in at once, and change it:',
    '',
    `  1. signIn at ${url}/graphql with this address, this password and the tenant "platform"`,
    '  2. enrol a second factor, which the answer demands (beginTotpEnrolment or beginPasskeyRegistration)',
    '  3. changePassword',
  ].join('\n');
