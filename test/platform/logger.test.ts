import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { z } from 'zod';

import { inContext } from '../../src/platform/context/tenant-context';
import { createLogger, type Logger } from '../../src/platform/logging/logger';

/** docs/logging.md */
const Line = z.looseObject({
  time: z.iso.datetime({ precision: 3 }),
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
  service: z.literal('gateway'),
  environment: z.literal('test'),
  host: z.string().min(1),
  msg: z.string().optional(),
  requestId: z.string().optional(),
  tenantId: z.string().optional(),
  operation: z.string().optional(),
});
const options = { level: 'trace', environment: 'test', service: 'gateway', format: 'json' } as const;

/** What the work logs, as text and as the objects that its lines hold. */
function logged(work: (log: Logger) => void): { readonly text: string; readonly lines: Record<string, unknown>[] } {
  let text = '';
  work(createLogger({ ...options, destination: { write: (line: string) => void (text += line) } }));
  return { text, lines: text.split('\n').slice(0, -1).map(line => Line.parse(JSON.parse(line))) }; // prettier-ignore
}

describe('a log line', () => {
  it.each(['trace', 'debug', 'info', 'warn', 'error'] as const)('of level %s has the documented fields [OBS-001]', level => {
    const { lines } = logged(log => { log[level]({ port: 4000 }, 'the gateway serves'); }); // prettier-ignore

    expect(lines).toMatchObject([{ level, msg: 'the gateway serves', port: 4000 }]);
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual(['environment', 'host', 'level', 'msg', 'port', 'service', 'time']);
  });

  it('is not written below the level that is set [OBS-001]', () => {
    let text = '';
    const log = createLogger({ ...options, level: 'warn', destination: { write: (line: string) => void (text += line) } });

    log.info('quiet');
    log.warn('loud');

    expect(text).toContain('loud');
    expect(text).not.toContain('quiet');
  });

  it('carries request, tenant and operation of its context, and none outside of one [OBS-001]', () => {
    const { lines } = logged(log => {
      inContext({ requestId: 'job-7', tenantId: 'northwind', operation: 'banking.sync-connection' }, () => { log.info('in'); });
      log.info('out');
    }); // prettier-ignore

    expect(lines[0]).toMatchObject({ requestId: 'job-7', tenantId: 'northwind', operation: 'banking.sync-connection' });
    expect(Object.keys(lines[1] ?? {})).not.toEqual(expect.arrayContaining(['requestId']));
  });

  it('stays one JSON object, whatever the strings in it hold [OBS-001]', () => {
    const nasty = [
      'a\nb',
      'a\r\nb',
      '"quoted"',
      '\\',
      '\u0000\u0007\u001b[31m',
      '\u2028\u2029',
      '💶 réglé ضمان',
      '{"level":"error"}',
      '\ud800',
    ];
    const { lines } = logged(log => { for (const text of nasty) log.info({ text, nested: { [text]: text } }, text); }); // prettier-ignore

    expect(lines.map(({ text }) => text)).toEqual(nasty);
    expect(lines.map(({ msg }) => msg)).toEqual(nasty);
  });

  it('stays one JSON object with any string at all [OBS-001]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const { lines } = logged(log => { log.child({ text }).warn({ again: text }, '%s'); }); // prettier-ignore
        expect(lines).toMatchObject([{ text, again: text }]);
      }),
    );
  });
});

const SECRETS = [
  'password', 'passwordHash', 'secret', 'secretKey', 'secretId', 'secret_id', 'secret_key', 'token', 'accessToken', 'refreshToken', 'access_token',
  'refresh_token', 'clientSecret', 'client_secret', 'authorization', 'cookie', 'identifier', 'iban', 'counterpartyIban', 'signingKey',
  'encryptionKey', 'privateKey', 'apiKey',
]; // prettier-ignore

describe('secrets', () => {
  it.each(SECRETS)('under the key %s are redacted at four depths, in a child and in a list [OBS-001]', key => {
    const at = { [key]: 'hunter2' };
    const { text } = logged(log => {
      log.info(at);
      log.info({ a: at });
      log.info({ a: { b: at } });
      log.info({ a: { b: { c: at } } });
      log.info({ headers: [at] });
      log.info({ [key]: { value: 'hunter2' } });
      log.child(at).info('child');
    });

    expect(text).not.toContain('hunter2');
    expect(text.match(/\[redacted\]/g)).toHaveLength(7);
  });

  it('are redacted in the line alone: the object that was logged keeps them [OBS-001]', () => {
    const input = { iban: 'DE89370400440532013000', nested: { token: 'hunter2' } };
    const { lines } = logged(log => { log.info({ input }); }); // prettier-ignore

    expect(lines).toMatchObject([{ input: { iban: '[redacted]', nested: { token: '[redacted]' } } }]);
    expect(input).toEqual({ iban: 'DE89370400440532013000', nested: { token: 'hunter2' } });
  });
});

describe('an error', () => {
  it('is logged with its causes, and without what hangs on it [OBS-001]', () => {
    const cause = Object.assign(new TypeError('socket closed'), { code: 'ECONNRESET', config: { headers: { authorization: 'hunter2' } } });
    const error = Object.assign(new Error('no answer', { cause }), { request: { body: 'hunter2' }, code: 5 });
    const { lines, text } = logged(log => { log.error({ err: error }, 'failed'); }); // prettier-ignore

    expect(lines).toEqual([
      expect.objectContaining({
        err: {
          type: 'Error',
          message: 'no answer',
          stack: expect.stringContaining('logger.test') as string,
          cause: { type: 'TypeError', message: 'socket closed', code: 'ECONNRESET', stack: expect.any(String) as string },
        },
      }),
    ]);
    expect(text).not.toContain('hunter2');
  });

  it('may be its own cause [OBS-001]', () => {
    const error = new Error('round');
    error.cause = error;

    expect(logged(log => { log.error({ err: error }); }).lines).toMatchObject([{ err: { message: 'round', cause: { message: 'round' } } }]); // prettier-ignore
  });

  it('may be anything that was thrown, also in place of the object [OBS-001]', () => {
    const { lines } = logged(log => {
      log.error({ err: 'just text' });
      log.error({ err: null });
      log.error(new Error('alone'));
    });

    expect(lines).toMatchObject([{ err: { message: 'just text' } }, {}, { msg: 'alone', err: { message: 'alone', type: 'Error' } }]);
  });
});

describe('the format for people', () => {
  it('is readable, and redacts the same [OBS-001]', async () => {
    const script = `
      const { createLogger } = require('./src/platform/logging/logger.ts');
      const log = createLogger({ level: 'info', environment: 'test', service: 'gateway', format: 'pretty' });
      log.info({ port: 4000, token: 'hunter2' }, 'the gateway serves');
      log.error({ err: new Error('no answer') }, 'failed');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--eval', script], { cwd: path.join(__dirname, '../..') });

    expect(stdout).toContain('the gateway serves');
    expect(stdout).toContain('no answer');
    expect(stdout).toContain('[redacted]');
    expect(stdout).not.toMatch(/hunter2|"level"/);
  });
}); // prettier-ignore
