import { once } from 'node:events';
import { connect } from 'node:net';

import { type SmtpOptions, startSmtpSandbox } from './server';

/** What the server answers to each line, the greeting first; replies of several lines as their last one. */
async function dialogue(options: SmtpOptions, lines: readonly string[]) {
  const smtp = await startSmtpSandbox(options);
  const socket = connect(Number(new URL(smtp.url).port), '127.0.0.1').setEncoding('utf8');
  const replies: string[] = [];
  try {
    for (const line of [null, ...lines]) {
      if (line !== null) socket.write(`${line}\r\n`);
      let reply = '';
      while (!/^\d{3} .*\r\n$/m.test(reply)) reply += ((await once(socket, 'data')) as [string])[0];
      replies.push(reply.trimEnd().split('\r\n').at(-1)?.slice(0, 3) ?? '');
    }
    return { replies, mails: smtp.mails };
  } finally {
    socket.destroy();
    await smtp.close();
  }
}

const plain = (user: string, password: string) => `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`;

describe('the mail server of the tests', () => {
  it('takes a mail in the order of RFC 5321, and unstuffs its dots', async () => {
    const message = 'Subject: =?UTF-8?Q?B=C3=A4r?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n..hidden =C3=A4 =\r\nline\r\n.';
    const { replies, mails } = await dialogue({}, ['EHLO me', 'MAIL FROM:<a@b.example> SIZE=50', 'RCPT TO:<c@d.example>', 'RCPT TO:<e@f.example>', 'DATA', message, 'QUIT']); // prettier-ignore

    expect(replies).toEqual(['220', '250', '250', '250', '250', '354', '250', '221']);
    expect(mails).toMatchObject([{ from: 'a@b.example', to: ['c@d.example', 'e@f.example'], subject: 'Bär', text: '.hidden ä line' }]);
  });

  it.each<[string, SmtpOptions, readonly string[], readonly string[]]>([
    ['commands out of order', {}, ['MAIL FROM:<a@b.example>', 'EHLO me', 'RCPT TO:<c@d.example>', 'DATA'], ['503', '250', '503', '503']],
    ['what is no command', {}, ['EHLO me', 'HELLO?', 'MAIL TO:<a@b.example>', 'STARTTLS', 'AUTH DIGEST'], ['250', '500', '501', '502', '504']],
    ['a message that says that it is too large', { maxBytes: 100 }, ['EHLO me', 'MAIL FROM:<a@b.example> SIZE=101'], ['250', '552']],
    ['a message that is too large', { maxBytes: 100 }, ['EHLO me', 'MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>', 'DATA', `${'x'.repeat(200)}\r\n.`], ['250', '250', '250', '354', '552']],
    ['who has not signed in', { account: { user: 'a', password: 'b' } }, ['EHLO me', 'MAIL FROM:<a@b.example>', plain('a', 'c'), plain('a', 'b'), 'MAIL FROM:<a@b.example>'], ['250', '530', '535', '235', '250']],
    ['a wrong password in two steps', { account: { user: 'a', password: 'b' } }, ['EHLO me', 'AUTH LOGIN', 'YQ==', 'Yw=='], ['250', '334', '334', '535']],
  ])('refuses %s', async (_what, options, lines, expected) => {
    const { replies, mails } = await dialogue(options, lines);

    expect(replies.slice(1)).toEqual(expected);
    expect(mails).toEqual([]);
  }); // prettier-ignore

  it('forgets an envelope on RSET, and answers NOOP', async () => {
    const { replies } = await dialogue({}, ['EHLO me', 'MAIL FROM:<a@b.example>', 'RSET', 'RCPT TO:<c@d.example>', 'NOOP']);

    expect(replies.slice(1)).toEqual(['250', '250', '250', '503', '250']);
  });
});
