import { loadConfig } from '../../../src/config/config';
import { createLogger } from '../../../src/platform/logging/logger';
import type { Mail } from '../../../src/platform/mail/mailer';
import { mailerOf } from '../../../src/platform/mail/mailers';
import { isMailAddress, mailAddress } from '../../../src/platform/mail/mail-address';
import { startSmtpSandbox } from '../../sandbox/smtp/server';

const MAIL: Mail = { to: 'ottilie@vance.example', subject: 'Hello', text: 'https://app.example/reset-password#token=ten_1.secret' };

function mailerIn(environment: 'development' | 'production', difference: NodeJS.ProcessEnv = {}, level = 'info') {
  const logged: string[] = [];
  const log = createLogger({ level, environment, service: 'test', format: 'json', destination: { write: line => void logged.push(line) } });
  const required = {
    ...{
      DATABASE_URL: 'postgres://a:b@localhost/c',
      PAYYMO_SIGNING_KEY: 'key',
      PAYYMO_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    },
    ...{ GOCARDLESS_BANK_DATA_SECRET_ID: 'id', GOCARDLESS_BANK_DATA_SECRET_KEY: 'key', PAYYMO_PUBLIC_URL: 'https://api.payymo.example' },
  };
  return { mailer: mailerOf(loadConfig({ NODE_ENV: environment, ...required, ...difference }), log), logged };
}

describe('the mailer', () => {
  it('of production without a mail server sends nothing, logs nothing, and says so [SEC-021]', async () => {
    const { mailer, logged } = mailerIn('production');

    expect(mailer.available).toBe(false);
    await expect(mailer.send(MAIL)).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
    expect(logged).toEqual([]);
  });

  it('of development without a mail server writes the mail to the log as a warning, link and all [SEC-021]', async () => {
    const { mailer, logged } = mailerIn('development');

    await mailer.send(MAIL);

    expect(mailer.available).toBe(true);
    expect(JSON.parse(logged[0] ?? '{}')).toMatchObject({ level: 'warn', mail: MAIL });
  });

  it('writes none where the log is set to less [SEC-021]', async () => {
    const { mailer, logged } = mailerIn('development', {}, 'error');

    await mailer.send(MAIL);

    expect(logged).toEqual([]);
  });

  it.each(['development', 'production'] as const)(
    'of %s with a mail server uses it and logs nothing of the mail [SEC-021]',
    async environment => {
      const smtp = await startSmtpSandbox();
      const { mailer, logged } = mailerIn(environment, { PAYYMO_SMTP_URL: smtp.url, PAYYMO_MAIL_FROM: 'Us <us@payymo.example>' }, 'trace');

      await mailer.send(MAIL);
      await smtp.close();

      expect(smtp.mails).toMatchObject([{ from: 'us@payymo.example', to: [MAIL.to], text: MAIL.text }]);
      expect(logged).toEqual([]);
    },
  );
});

describe('an e-mail address', () => {
  it('is kept in lower case without the blanks around it [SEC-021]', () => {
    expect(mailAddress('email', '  Ottilie.Vance+pay@Vance.Example ')).toBe('ottilie.vance+pay@vance.example');
  });

  it.each([
    '', 'a', 'a@', '@b.example', 'a@b', 'a@b.', 'a@.example', 'a@-b.example', 'a@b-.example', 'a b@c.example', 'a@b.example,c@d.example', 'a@b.example\n',
    'a\u0000@b.example', 'ä@b.example', 'a@[127.0.0.1]', `${'a'.repeat(65)}@b.example`, `a@${'b'.repeat(64)}.example`, `a@${'b.'.repeat(126)}example`, 'a@b@c.example', '<a@b.example>',
  ])('is not %j [SEC-021]', address => {
    expect(isMailAddress(address)).toBe(false);
  }); // prettier-ignore

  it('with a line feed around it is the address alone; inside it is none [SEC-021]', () => {
    expect(mailAddress('email', 'a@b.example\r\n')).toBe('a@b.example');
    expect(() => mailAddress('email', 'a@b.example\r\nBcc: c@d.example')).toThrow('not an e-mail address');
  });
});
