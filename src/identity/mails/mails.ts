import type { Mail } from '../../platform/mail/mailer';

interface Invited {
  readonly to: string;
  /** Of the tenant. */
  readonly business: string;
  /** Who invited; null for Payymo itself. */
  readonly inviter: string | null;
  readonly link: string;
  readonly days: number;
}

export const invitationMail = ({ to, business, inviter, link, days }: Invited): Mail => ({
  to,
  subject: `Your invitation to ${plain(business)} on Payymo`,
  text: [
    inviter === null
      ? `You are invited to ${plain(business)} on Payymo.`
      : `${plain(inviter)} invites you to ${plain(business)} on Payymo.`,
    `Choose a password here within ${days} days:`,
    link,
    'The link works once. If you did not expect this mail, you can ignore it.',
  ].join('\n\n'),
});

interface Forgetful {
  readonly to: string;
  readonly business: string;
  readonly link: string;
  readonly minutes: number;
}

export const passwordResetMail = ({ to, business, link, minutes }: Forgetful): Mail => ({
  to,
  subject: `A new password for ${plain(business)} on Payymo`,
  text: [
    `Somebody, hopefully you, asked for a new password for ${to} at ${plain(business)} on Payymo.`,
    `Choose it here within ${minutes} minutes:`,
    link,
    'The link works once. If you did not ask for this, ignore this mail: your password stays as it is.',
  ].join('\n\n'),
});

interface Changed {
  readonly to: string;
  readonly business: string;
  /** A sentence of ours. */
  readonly happened: string;
}

export const noticeMail = ({ to, business, happened }: Changed): Mail => ({
  to,
  subject: `Your access to ${plain(business)} on Payymo was changed`,
  text: [
    happened,
    `This is about ${to} at ${plain(business)} on Payymo.`,
    'If it was not you, change your password and tell an administrator at once.',
  ].join('\n\n'),
});

const MAX_NAME_LENGTH = 80;

/** A name that somebody chose, so that it cannot pass for a line, a link or an address of ours: mail programs make links of `a.b` too. */
const plain = (name: string): string =>
  name
    .replaceAll(/[\p{C}\u2028\u2029<>@:/\\]+/gu, ' ')
    .replaceAll(/\.(?=\S)/g, '. ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_NAME_LENGTH);
