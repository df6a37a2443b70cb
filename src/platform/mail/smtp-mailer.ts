import { createTransport, type Transporter } from 'nodemailer';

import { ProviderError, type ProviderFailure } from '../http/provider-error';
import { isMailAddress } from './mail-address';
import type { Mail, Mailer } from './mailer';

export interface SmtpOptions {
  /** smtps://user:password@host:465, or smtp://host:587 for STARTTLS. */
  readonly url: string;
  /** Sender: `Payymo <no-reply@payymo.example>`. */
  readonly from: string;
  /** For each step of the conversation, in ms. */
  readonly timeoutMs?: number;
  /** Certificate authorities (PEM) in the place of the system's. */
  readonly ca?: string;
}

const TIMEOUT_MS = 15_000;
const MAX_SUBJECT_LENGTH = 200;
const MAX_TEXT_LENGTH = 20_000;
const PROVIDER = 'The mail server';

/**
 * Sends mails by SMTP (RFC 5321), one connection each. Nothing travels in the clear, and the server must prove its name (RFC 8314); on
 * this very machine alone it may do without.
 * @requirement SEC-021
 */
export class SmtpMailer implements Mailer {
  readonly available = true;
  readonly #transport: Transporter;

  constructor(private readonly options: SmtpOptions) {
    this.#transport = transportOf(options);
  }

  /**
   * The error names neither the recipient nor what was to be sent.
   * @throws ProviderError `unauthorized` (our account was refused), `rejected` (5xx: repeating is useless), `unavailable` (4xx, no connection, no
   *         answer in time, a certificate that does not hold).
   */
  async send({ to, subject, text }: Mail): Promise<void> {
    if (!isMailAddress(to)) throw new ProviderError(PROVIDER, 'rejected', 'The address is none that a mail can be sent to');
    if (!isLine(subject) || text.length > MAX_TEXT_LENGTH) throw new ProviderError(PROVIDER, 'rejected', 'The mail has no proper form');
    try {
      // As an object: as a text it would be read for names, groups and lists.
      await this.#transport.sendMail({ from: this.options.from, to: { name: '', address: to }, subject, text, headers: AUTOMATIC });
    } catch (error) {
      throw failureOf(error);
    }
  }
}

/** RFC 3834: nobody's out-of-office reply should answer. */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

const isLine = (subject: string): boolean =>
  subject.length > 0 && subject.length <= MAX_SUBJECT_LENGTH && !/[\p{Cc}\u2028\u2029]/u.test(subject);

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function transportOf({ url, timeoutMs = TIMEOUT_MS, ca }: SmtpOptions): Transporter {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !LOOPBACK.test(hostname),
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
}

/** Without the cause: its text quotes the server, which quotes the recipient. */
function failureOf(error: unknown): ProviderError {
  const { code = 'unknown', responseCode } = error as SmtpError;
  const said = responseCode === undefined ? `could not be used (${code})` : `answered ${responseCode} (${code})`;
  const facts = { providerCode: code, ...(responseCode !== undefined && { status: responseCode }) };
  return new ProviderError(PROVIDER, kindOf(code, responseCode), `${PROVIDER} ${said}`, facts);
}

function kindOf(code: string, responseCode: number | undefined): ProviderFailure {
  const permanent = responseCode !== undefined && responseCode >= 500;
  if (code === 'EAUTH' && (permanent || responseCode === undefined)) return 'unauthorized';
  return permanent ? 'rejected' : 'unavailable';
}
