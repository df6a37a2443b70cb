import type { Config } from '../../config/config';
import { PayymoError } from '../errors';
import type { Logger } from '../logging/logger';
import type { Mail, Mailer } from './mailer';
import { SmtpMailer } from './smtp-mailer';

/** The mailer that the configuration asks for: SMTP; without it the log in development, and none in production. */
export function mailerOf({ mail: { url, from }, production }: Pick<Config, 'mail' | 'production'>, log: Logger): Mailer {
  if (url !== null) return new SmtpMailer({ url, from });
  return production ? new NoMailer() : new LogMailer(log);
}

/**
 * Writes mails to the log, links and all, for whoever develops: the one place where a token may stand in a log. Never in production. As
 * warnings, which the demo shows too.
 */
export class LogMailer implements Mailer {
  readonly available = true;

  constructor(private readonly log: Logger) {}

  send(mail: Mail): Promise<void> {
    this.log.warn({ mail }, 'a mail that nobody gets, since no PAYYMO_SMTP_URL is set');
    return Promise.resolve();
  }
}

/** Nobody may think that a mail went out. */
export class NoMailer implements Mailer {
  readonly available = false;

  send(): Promise<void> {
    return Promise.reject(new PayymoError('NOT_CONFIGURED', 'No mail can be sent: PAYYMO_SMTP_URL is not set'));
  }
}
