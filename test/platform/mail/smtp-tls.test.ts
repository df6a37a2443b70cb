import type { Mail } from '../../../src/platform/mail/mailer';
import { SmtpMailer } from '../../../src/platform/mail/smtp-mailer';
import { type SmtpSandbox, startSmtpSandbox } from '../../sandbox/smtp/server';
import { aCertificate, type TestCertificate } from '../../support/certificates';

const MAIL: Mail = { to: 'ottilie@vance.example', subject: 'Your invitation', text: 'Come in' };

let own: TestCertificate;
let foreign: TestCertificate;
beforeAll(async () => {
  own = await aCertificate('localhost');
  foreign = await aCertificate('mail.other.example');
});

const send = (url: string, ca?: string) =>
  new SmtpMailer({ url, from: 'no-reply@payymo.example', timeoutMs: 1_000, ...(ca !== undefined && { ca }) }).send(MAIL);
const byName = ({ url }: SmtpSandbox) => url.replace('127.0.0.1', 'localhost');

describe.each([
  ['STARTTLS', false],
  ['TLS from the first byte', true],
])('%s', (_name, implicitTls) => {
  const serving = async (certificate: TestCertificate, work: (smtp: SmtpSandbox) => Promise<void>): Promise<void> => {
    const smtp = await startSmtpSandbox({ tls: { key: certificate.key, cert: certificate.certificate }, implicitTls });
    try {
      await work(smtp);
    } finally {
      await smtp.close();
    }
  };

  it('carries the mail when the server proves its name [SEC-021]', () =>
    serving(own, async smtp => {
      await send(byName(smtp), own.certificate);

      expect(smtp.mails).toMatchObject([{ to: [MAIL.to], text: MAIL.text }]);
    }));

  it.each<[string, () => TestCertificate, () => string | undefined]>([
    ['nobody vouches for', () => own, () => undefined],
    ['is of another name', () => foreign, () => foreign.certificate],
  ])('carries nothing to a server whose certificate %s [SEC-021]', (_what, certificate, ca) =>
    serving(certificate(), async smtp => {
      await expect(send(byName(smtp), ca())).rejects.toMatchObject({ failure: 'unavailable', transient: true });

      expect(smtp.mails).toEqual([]);
    }),
  );
});

describe('a server without TLS', () => {
  it('gets nothing, not even the sender, unless it is on this machine [SEC-021]', async () => {
    const smtp = await startSmtpSandbox();
    try {
      // Leads to this machine without saying so.
      await expect(send(smtp.url.replace('127.0.0.1', '0.0.0.0'))).rejects.toMatchObject({ failure: 'rejected' });
      expect(smtp).toMatchObject({ mails: [], commands: ['EHLO', 'STARTTLS'] });

      await send(smtp.url);
      expect(smtp.mails).toHaveLength(1);
    } finally {
      await smtp.close();
    }
  });
});
