import { hostname } from 'node:os';

import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';

import { currentContext } from '../context/tenant-context';

export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: string;
  readonly environment: string;
  /** Which process writes: gateway, worker, cli. */
  readonly service: string;
  readonly format: 'json' | 'pretty';
  readonly destination?: DestinationStream;
}

/** Keys whose values never reach a log, at the first four depths of a logged object. */
const SECRET_KEYS = [
  'password', 'passwordHash', 'secret', 'secretKey', 'secretId', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'identifier',
  'iban', 'counterpartyIban', 'signingKey', 'encryptionKey', 'privateKey', 'apiKey', 'clientSecret', 'secret_id', 'secret_key', 'access_token',
  'refresh_token', 'client_secret',
]; // prettier-ignore

/**
 * JSON lines: time (UTC, ISO 8601), level, service, environment, host, and inside an operation requestId, tenantId, operation.
 * docs/logging.md is the schema.
 * @requirement OBS-001
 */
export function createLogger({ level, environment, service, format, destination }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service, environment, host: hostname() },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    mixin: () => ({ ...currentContext() }),
    redact: { paths: ['', '*.', '*.*.', '*.*.*.'].flatMap(depth => SECRET_KEYS.map(key => `${depth}${key}`)), censor: '[redacted]' },
    serializers: { err: error => describeError(error) },
  };
  if (destination) return pino(options, destination);
  if (format === 'json') return pino(options);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { ignore: 'host,environment', translateTime: 'SYS:HH:MM:ss.l' } },
  });
}

/** A chain of causes can be a circle. */
const MAX_CAUSES = 8;

/** An error as type, message, code and stack, with its chain of causes; nothing else that may hang on it. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined || depth === MAX_CAUSES ? {} : { cause: describeError(error.cause, depth + 1) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}

/** For inContext: a tenant is worth a line when it changes, and then only to who looks closely. */
export const tenantEntered = (log: Logger) => (): void => {
  // The tenant itself stands in the line by its context.
  log.debug('a tenant is entered');
};
