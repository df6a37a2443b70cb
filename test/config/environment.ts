/** The least that a configuration needs. */
export const anEnvironment = (difference: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  DATABASE_URL: 'postgres://app:hunter2@db.example:5432/payymo',
  PAYYMO_SIGNING_KEY: 'a signing key',
  PAYYMO_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  GOCARDLESS_BANK_DATA_SECRET_ID: 'an id',
  GOCARDLESS_BANK_DATA_SECRET_KEY: 'a key',
  ...difference,
});

/** The least that production needs. */
export const aProductionEnvironment = (difference: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
  anEnvironment({ NODE_ENV: 'production', PAYYMO_PUBLIC_URL: 'https://api.payymo.example', ...difference });
