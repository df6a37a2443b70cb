import { readFileSync } from 'node:fs';

import { z } from 'zod';

const GOCARDLESS_BANK_DATA = 'https://bankaccountdata.gocardless.com/api/v2';
const flag = z.enum(['true', 'false']).transform(value => value === 'true');
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a URL such as postgres://user:password@host:5432/database' });
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** A URL that paths are put behind; a slash at its end is dropped, and whatever else follows the host is a fault. */
const origin = httpUrl
  .refine(isOrigin, { error: 'must be an origin such as https://payymo.example, without path, query and credentials' })
  .transform(url => new URL(url).origin);

const list = z
  .string()
  .default('')
  .transform(text =>
    text
      .split(',')
      .map(item => item.trim())
      .filter(Boolean),
  );

/** Text that is JSON of a shape; an empty array when it is not given. */
const json = <Shape extends z.ZodType>(shape: Shape) =>
  z
    .string()
    .default('[]')
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);

/** An issuer of access tokens beside ourselves. */
const TrustedIssuer = z.strictObject({
  issuer: httpUrl,
  jwksUrl: httpUrl,
  /** The `aud` that its tokens must carry. */
  audience: z.string().min(1),
  /** The claim that holds the slug of the tenant. */
  tenantClaim: z.string().min(1),
  /** The claim that holds the name of a role of that tenant. */
  roleClaim: z.string().min(1),
  /** The slugs of the tenants that it may name; without it any business. */
  tenants: z.array(z.string().min(1)).min(1).optional(),
});

export type TrustedIssuer = z.infer<typeof TrustedIssuer>;

/** Every variable that Payymo reads; docs/configuration.md is printed from these descriptions. */
export const Environment = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('Which environment this is; stands in every log line.'),
  PAYYMO_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the gateway listens on.'),
  PAYYMO_PORT: z.coerce.number().int().min(0).max(65535).default(4000).describe('Port of the gateway; 0 takes any free one.'),
  PAYYMO_PUBLIC_URL: origin
    .optional()
    .describe(
      'Where clients and bank redirects reach the gateway: an origin without path; also the issuer of its tokens. ' +
        'Default: http://localhost:<port>; https with PAYYMO_TLS_CERTIFICATE.',
    ),
  PAYYMO_EXPLORER: flag.optional().describe('Serves the explorer and answers introspection. Default: true except in production.'),
  PAYYMO_ALLOWED_ORIGINS: list.describe('Origins of browser apps that may call the API, separated by commas.'),
  PAYYMO_APP_URL: httpUrl.optional().describe('Where links in mails lead: the browser app. Default: PAYYMO_PUBLIC_URL.'),
  PAYYMO_TRUSTED_PROXIES: list.describe(
    'Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed and whose client certificate is ignored, separated by commas.',
  ),
  PAYYMO_TLS_CERTIFICATE: z
    .string()
    .min(1)
    .optional()
    .describe('Certificate chain (PEM) of the gateway; needed for partners with client certificates.'),
  PAYYMO_TLS_KEY: z.string().min(1).optional().describe('Private key (PEM) of PAYYMO_TLS_CERTIFICATE.'),
  PAYYMO_TRUSTED_ISSUERS: json(z.array(TrustedIssuer)).describe(
    'OpenID Connect issuers whose access tokens are accepted, as JSON: [{"issuer", "jwksUrl", "audience", "tenantClaim", "roleClaim", ' +
      '"tenants"}]. `tenants` lists the slugs of those that the issuer may name; without it the issuer may name any business.',
  ),
  PAYYMO_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be a URL such as smtps://user:password@mail.example' })
    .optional()
    .describe('Mail server for invitations and password resets. Without it development writes mails to the log; production sends none.'),
  PAYYMO_MAIL_FROM: z.string().min(3).default('Payymo <no-reply@localhost>').describe('Sender of mails.'),
  PAYYMO_METRICS_TOKEN: z
    .string()
    .min(32)
    .optional()
    .describe('Bearer token for /metrics. Without it /metrics answers callers on this machine alone.'),
  DATABASE_URL: postgresUrl.describe('PostgreSQL 15 or newer, as the application role: owns nothing, cannot bypass row-level security.'),
  DATABASE_OWNER_URL: postgresUrl.optional().describe('The same database as its owner; used by `payymo migrate` alone.'),
  DATABASE_WORKER_URL: postgresUrl.optional().describe('The same database as the job-queue role; used by `payymo worker` alone.'),
  DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10).describe('Connections per process.'),
  PAYYMO_SIGNING_KEY: z.string().min(1).describe('RSA private key (PKCS#8 PEM, 3072 bits) that signs access tokens.'),
  PAYYMO_SIGNING_KEY_NEXT: z.string().min(1).optional().describe('The key that will sign next: published already, not used yet.'),
  PAYYMO_SIGNING_KEY_RETIRING: z
    .string()
    .min(1)
    .optional()
    .describe('The key that signed before: its tokens stay valid. A private or a public key in PEM.'),
  PAYYMO_ENCRYPTION_KEY: z
    .base64({ error: 'must be 32 bytes in base64' })
    .refine(key => Buffer.from(key, 'base64').length === 32, { error: 'must be 32 bytes in base64' })
    .describe('Key that seals secret columns (AES-256-GCM), 32 bytes in base64.'),
  GOCARDLESS_BANK_DATA_URL: httpUrl.default(GOCARDLESS_BANK_DATA).describe('Base URL of GoCardless Bank Account Data.'),
  GOCARDLESS_BANK_DATA_SECRET_ID: z.string().min(1).describe('Secret id of GoCardless Bank Account Data.'),
  GOCARDLESS_BANK_DATA_SECRET_KEY: z.string().min(1).describe('Secret key of GoCardless Bank Account Data.'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Least level that is logged.'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json').describe('json for machines, pretty for people.'),
});

/** Variables that can also be given as NAME_FILE, a path whose content is the value. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_WORKER_URL',
  'PAYYMO_SIGNING_KEY',
  'PAYYMO_SIGNING_KEY_NEXT',
  'PAYYMO_SIGNING_KEY_RETIRING',
  'PAYYMO_ENCRYPTION_KEY',
  'PAYYMO_TLS_CERTIFICATE',
  'PAYYMO_TLS_KEY',
  'PAYYMO_SMTP_URL',
  'PAYYMO_METRICS_TOKEN',
  'GOCARDLESS_BANK_DATA_SECRET_ID',
  'GOCARDLESS_BANK_DATA_SECRET_KEY',
] as const;

type Values = Record<string, string | undefined>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The only reader of the environment: everything else receives a Config.
 * @throws ConfigError naming every fault at once, never a value.
 * @requirement ARC-007
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env) {
  const { values, faults } = withFiles(env);
  const parsed = Environment.safeParse(values);
  const issues = parsed.error?.issues.map(issue => `${issue.path.join('.')}: ${explain(issue, values)}`) ?? [];
  issues.push(...unsafeInProduction(values), ...halfGiven(values));
  if (!parsed.success || faults.length + issues.length > 0) {
    throw new ConfigError(`The environment is not right:\n${[...faults, ...issues].map(fault => `  - ${fault}`).join('\n')}`);
  }
  return frozen(grouped(parsed.data));
}

export type Config = ReturnType<typeof loadConfig>;

/** The one setting that migrations need. @throws ConfigError */
export function loadOwnerUrl(env: NodeJS.ProcessEnv = process.env): string {
  const { values, faults } = withFiles(env);
  const parsed = postgresUrl.safeParse(values['DATABASE_OWNER_URL']);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new ConfigError('DATABASE_OWNER_URL is missing or no postgres:// URL: migrations run as the owner of the database');
}

/** The one setting that verifying the audit trail needs. @throws ConfigError */
export function loadDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  const { values, faults } = withFiles(env);
  const parsed = postgresUrl.safeParse(values['DATABASE_URL']);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new ConfigError('DATABASE_URL is missing or no postgres:// URL: the audit trail is read as the application role');
}

function withFiles(env: NodeJS.ProcessEnv) {
  const values: Values = { ...env };
  const faults: string[] = [];
  for (const name of SECRET_VARIABLES) {
    const file = env[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch {
      faults.push(`${name}_FILE: the file cannot be read`);
    }
  }
  for (const [name, value] of Object.entries(values)) if (value === '') values[name] = undefined;
  return { values, faults };
}

const explain = (issue: z.core.$ZodIssue, values: Values): string =>
  values[String(issue.path[0])] === undefined ? 'is missing' : issue.message;

/** Looks at the raw values, so that these faults are named together with the others. */
function unsafeInProduction(values: Values): string[] {
  if (values['NODE_ENV'] !== 'production') return [];
  const faults: string[] = [];
  if (!isPublicHttps(values['GOCARDLESS_BANK_DATA_URL'] ?? GOCARDLESS_BANK_DATA)) {
    faults.push('GOCARDLESS_BANK_DATA_URL: production cannot use a sandbox');
  }
  if (!isPublicHttps(values['PAYYMO_PUBLIC_URL'] ?? '')) faults.push('PAYYMO_PUBLIC_URL: production needs an https URL');
  return faults;
}

/** Without one of the two, the other would silently not be used. */
function halfGiven(values: Values): string[] {
  const pair = ['PAYYMO_TLS_CERTIFICATE', 'PAYYMO_TLS_KEY'];
  const missing = pair.filter(name => values[name] === undefined);
  return missing.length === 1 ? missing.map(name => `${name}: is missing, but its other half is there`) : [];
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, username, password } = new URL(text);
  return pathname === '/' && username === '' && password === '' && !/[?#]/.test(text);
}

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/;

function isPublicHttps(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' && !LOOPBACK.test(hostname);
}

/** Frozen with its groups; buffers cannot be. */
function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null && !Buffer.isBuffer(inner)) frozen(inner as object);
  return Object.freeze(value);
}

const localUrl = (env: z.infer<typeof Environment>): string =>
  `${env.PAYYMO_TLS_CERTIFICATE ? 'https' : 'http'}://localhost:${env.PAYYMO_PORT}`;

const grouped = (env: z.infer<typeof Environment>) => ({
  environment: env.NODE_ENV,
  production: env.NODE_ENV === 'production',
  http: {
    host: env.PAYYMO_HOST,
    port: env.PAYYMO_PORT,
    publicUrl: env.PAYYMO_PUBLIC_URL ?? localUrl(env),
    explorer: env.PAYYMO_EXPLORER ?? env.NODE_ENV !== 'production',
    allowedOrigins: env.PAYYMO_ALLOWED_ORIGINS,
    trustedProxies: env.PAYYMO_TRUSTED_PROXIES,
    appUrl: env.PAYYMO_APP_URL ?? env.PAYYMO_PUBLIC_URL ?? localUrl(env),
    tls: env.PAYYMO_TLS_CERTIFICATE && env.PAYYMO_TLS_KEY ? { certificate: env.PAYYMO_TLS_CERTIFICATE, key: env.PAYYMO_TLS_KEY } : null,
    metricsToken: env.PAYYMO_METRICS_TOKEN ?? null,
  },
  database: { url: env.DATABASE_URL, ownerUrl: env.DATABASE_OWNER_URL, workerUrl: env.DATABASE_WORKER_URL, pool: env.DATABASE_POOL },
  identity: {
    signingKeys: { next: env.PAYYMO_SIGNING_KEY_NEXT, active: env.PAYYMO_SIGNING_KEY, retiring: env.PAYYMO_SIGNING_KEY_RETIRING },
    trustedIssuers: env.PAYYMO_TRUSTED_ISSUERS,
  },
  mail: { url: env.PAYYMO_SMTP_URL ?? null, from: env.PAYYMO_MAIL_FROM },
  secrets: { encryptionKey: Buffer.from(env.PAYYMO_ENCRYPTION_KEY, 'base64') },
  gocardlessBankData: {
    baseUrl: env.GOCARDLESS_BANK_DATA_URL,
    secretId: env.GOCARDLESS_BANK_DATA_SECRET_ID,
    secretKey: env.GOCARDLESS_BANK_DATA_SECRET_KEY,
  },
  logging: { level: env.LOG_LEVEL, format: env.LOG_FORMAT },
});

/** The port that the demo takes by default. @throws ConfigError */
export function loadPort(env: NodeJS.ProcessEnv = process.env): number {
  const parsed = Environment.shape.PAYYMO_PORT.safeParse(env['PAYYMO_PORT'] === '' ? undefined : env['PAYYMO_PORT']);
  if (!parsed.success) throw new ConfigError('PAYYMO_PORT must be a number from 0 to 65535');
  return parsed.data;
}
