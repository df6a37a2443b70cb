import { ProviderError } from '../../../src/platform/http/provider-error';
import type { Mail } from '../../../src/platform/mail/mailer';
import { SmtpMailer, type SmtpOptions } from '../../../src/platform/mail/smtp-mailer';
import type { Fault, Step } from '../../sandbox/smtp/conversation';
import { type SmtpSandbox, startSmtpSandbox } from '../../sandbox/smtp/server';

const FROM = 'Payymo <no-reply@payymo.example>';
const MAIL: Mail = { to: 'ottilie@vance.example', subject: 'Your invitation', text: 'Come in:\n\nhttps://app.example/#token=abc' };

let smtp: SmtpSandbox;
beforeAll(async () => {
  smtp = await startSmtpSandbox({ maxBytes: 10_000 });
});
afterEach(() => {
  smtp.heal();
  smtp.mails.length = 0;
});
afterAll(() => smtp.close());

const mailer = (options: Partial<SmtpOptions> = {}) => new SmtpMailer({ url: smtp.url, from: FROM, timeoutMs: 500, ...options });
const failure = async (mail: Mail = MAIL, options: Partial<SmtpOptions> = {}): Promise<ProviderError> => {
  const error: unknown = await mailer(options)
    .send(mail)
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof ProviderError)) throw new Error('It was sent');
  return error;
};

describe('SMTP', () => {
  it('takes a mail to one address, as plain text that says it is automatic [SEC-021]', async () => {
    await mailer().send(MAIL);

    const [mail] = smtp.mails;
    expect(smtp.mails).toHaveLength(1);
    expect(mail).toMatchObject({ from: 'no-reply@payymo.example', to: ['ottilie@vance.example'], subject: MAIL.subject, text: MAIL.text });
    expect(Object.fromEntries(mail?.headers ?? [])).toMatchObject({
      'auto-submitted': 'auto-generated',
      from: FROM,
      to: 'ottilie@vance.example',
      'content-type': expect.stringContaining('text/plain') as string,
    });
  });

  it('takes names of all scripts and long lines as they are [SEC-021]', async () => {
    const subject = 'Ihre Einladung zu Bär & Söhne 東京 Ωmega 🚀';
    const text = `.a line that begins with a dot\n.\nÄ ${'x'.repeat(2_000)} = 東京\nhttps://app.example/#token=${'A_-'.repeat(60)}`;

    await mailer().send({ ...MAIL, subject, text });

    expect(smtp.mails).toMatchObject([{ subject, text }]);
  });

  it.each<[string, Partial<Mail>]>([
    ['a second recipient in the address', { to: 'a@b.example,c@d.example' }],
    ['a header in the address', { to: 'a@b.example\r\nBcc: c@d.example' }],
    ['a name around the address', { to: 'Eve <a@b.example>' }],
    ['a comment in the address', { to: 'a(c@d.example)@b.example' }],
    ['a quoted local part', { to: '"a b"@c.example' }],
    ['no domain', { to: 'a@localhost' }],
    ['a header in the subject', { subject: 'Hello\r\nBcc: c@d.example' }],
    ['a line separator in the subject', { subject: 'Hello\u2028Bcc: c@d.example' }],
    ['an empty subject', { subject: '' }],
    ['an endless text', { text: 'x'.repeat(20_001) }],
  ])('refuses %s before it calls the server [SEC-021]', async (_what, difference) => {
    const before = smtp.connections();

    expect(await failure({ ...MAIL, ...difference })).toMatchObject({ failure: 'rejected', transient: false });
    expect(smtp.connections()).toBe(before);
  });

  it('puts a text that looks like headers and commands where it belongs: into the text [SEC-021]', async () => {
    const text = 'Bcc: c@d.example\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<c@d.example>\r\nDATA';

    await mailer().send({ ...MAIL, text });

    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails).toMatchObject([{ to: [MAIL.to], text: text.replaceAll('\r\n', '\n') }]);
  });
});

describe('a mail server that', () => {
  it.each<[string, Step, Fault, Partial<ProviderError>]>([
    ['greets with 554', 'GREETING', { reply: '554 5.3.2 No service' }, { failure: 'rejected', status: 554 }],
    ['greets with 421', 'GREETING', { reply: '421 4.3.2 Too busy' }, { failure: 'unavailable', status: 421 }],
    ['refuses the sender', 'MAIL', { reply: '550 5.7.1 Not you' }, { failure: 'rejected', status: 550 }],
    ['does not know the recipient', 'RCPT', { reply: '550 5.1.1 No such user' }, { failure: 'rejected', status: 550 }],
    ['greylists', 'RCPT', { reply: '451 4.7.1 Come again later' }, { failure: 'unavailable', status: 451 }],
    ['finds the mailbox full', 'RCPT', { reply: '452 4.2.2 Over quota' }, { failure: 'unavailable', status: 452 }],
    ['refuses the message', 'MESSAGE', { reply: '554 5.6.0 Spam' }, { failure: 'rejected', status: 554 }],
    ['has no room for the message', 'MESSAGE', { reply: '452 4.3.1 Disk full' }, { failure: 'unavailable', status: 452 }],
    ['hangs up at the greeting', 'GREETING', 'DROP', { failure: 'unavailable' }],
    ['hangs up after the message', 'MESSAGE', 'DROP', { failure: 'unavailable' }],
    ['says nothing at all', 'GREETING', 'SILENCE', { failure: 'unavailable' }],
    ['falls silent at the message', 'MESSAGE', 'SILENCE', { failure: 'unavailable' }],
    ['is slower than we wait', 'RCPT', { delayMs: 2_000 }, { failure: 'unavailable' }],
    ['talks nonsense', 'EHLO', { reply: 'HTTP/1.1 400 Bad Request' }, { failure: 'unavailable' }],
  ])('%s: the failure has its kind, and names neither recipient nor text [SEC-021]', async (_what, step, fault, expected) => {
    smtp.fail(step, fault);

    const error = await failure();

    expect(error).toMatchObject({ ...expected, transient: expected.failure === 'unavailable' });
    expect(JSON.stringify([error, error.message, error.cause ?? null])).not.toMatch(/ottilie|vance|token|invitation/i);
    expect(smtp.mails).toEqual([]);
  });

  it('is slow but answers is waited for [SEC-021]', async () => {
    smtp.fail('RCPT', { delayMs: 200 });

    await mailer().send(MAIL);

    expect(smtp.mails).toHaveLength(1);
  });

  it('takes no message of this size, says so, and is not asked again [SEC-021]', async () => {
    expect(await failure({ ...MAIL, text: 'x'.repeat(15_000) })).toMatchObject({ failure: 'rejected', status: 552 });
  });

  it('is not there is unavailable [SEC-021]', async () => {
    const gone = await startSmtpSandbox();
    await gone.close();

    expect(await failure(MAIL, { url: gone.url })).toMatchObject({ failure: 'unavailable', transient: true });
    expect(await failure(MAIL, { url: 'smtps://no-such-host.invalid' })).toMatchObject({ failure: 'unavailable', transient: true });
  });
});

describe('an account at the mail server', () => {
  let guarded: SmtpSandbox;
  beforeAll(async () => {
    guarded = await startSmtpSandbox({ account: { user: 'pay@mo', password: 'p:w/ü#1' } });
  });
  afterAll(() => guarded.close());

  const withLogin = (login: string) => guarded.url.replace('://', `://${login}@`);
  const LOGIN = `${encodeURIComponent('pay@mo')}:${encodeURIComponent('p:w/ü#1')}`;

  it('is signed in to with the user and password of the URL [SEC-021]', async () => {
    await mailer({ url: withLogin(LOGIN) }).send(MAIL);

    expect(guarded.mails).toHaveLength(1);
  });

  it.each([
    ['a wrong password', () => withLogin('pay%40mo:wrong'), 'unauthorized'],
    ['none', () => guarded.url, 'rejected'],
  ])('with %s sends nothing, and the failure quotes no password [SEC-021]', async (_what, url, kind) => {
    const error = await failure(MAIL, { url: url() });

    expect(error).toMatchObject({ failure: kind, transient: false });
    expect(error.message).not.toMatch(/wrong|pay@mo/);
    expect(guarded.mails).toHaveLength(1);
  });

  it('that is refused for the moment is tried again [SEC-021]', async () => {
    guarded.fail('AUTH', { reply: '454 4.7.0 Temporary failure' });

    expect(await failure(MAIL, { url: withLogin(LOGIN) })).toMatchObject({ failure: 'unavailable', transient: true });
  });
});
