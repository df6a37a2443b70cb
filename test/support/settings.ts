/** What the whole run shares; the workers of jest inherit it through the environment. */
export interface Settings {
  readonly superuserUrl: string;
  readonly passwords: { readonly owner: string; readonly app: string; readonly worker: string };
  /** Of PASSWORD: hashing costs a tenth of a second. */
  readonly passwordHash: string;
  readonly signingKey: string;
  readonly encryptionKey: string;
}

export const TEMPLATE = 'payymo_template';

/** Of every user in the tests. */
export const PASSWORD = 'correct horse battery staple';

const VARIABLE = 'PAYYMO_TEST_SETTINGS';

export function shareSettings(settings: Settings): void {
  process.env[VARIABLE] = JSON.stringify(settings);
}

export const settings = (): Settings => JSON.parse(process.env[VARIABLE] ?? '{}') as Settings;
