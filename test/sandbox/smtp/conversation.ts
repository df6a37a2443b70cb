import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { type ReceivedMail, readMessage } from './message';

/** Where a fault strikes: at the greeting, at a command, or after the message itself. */
export type Step = 'GREETING' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'MESSAGE' | 'QUIT';

/** A reply in the place of the usual one, an end of the connection, no answer at all, or the usual one after so many ms. */
export type Fault = { readonly reply: string } | 'DROP' | 'SILENCE' | { readonly delayMs: number };

export interface SmtpRules {
  /** Largest message in bytes (RFC 1870). */
  readonly maxBytes: number;
  /** Credentials without which nobody may send (RFC 4954). */
  readonly account: { readonly user: string; readonly password: string } | null;
  /** PEM; offers STARTTLS (RFC 3207) with it. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  fault(step: Step): Fault | undefined;
  asked(verb: string): void;
  received(mail: ReceivedMail): void;
}

interface Envelope {
  from?: string;
  readonly to: string[];
}

/** One connection to a small SMTP server (RFC 5321): commands in their order, one at a time. */
export class Conversation {
  #buffer = '';
  #envelope: Envelope = { to: [] };
  #greeted = false;
  #signedIn: boolean;
  #reading: 'COMMAND' | 'MESSAGE' | ((line: string) => Promise<void>) = 'COMMAND';
  #work: Promise<void> = Promise.resolve();

  constructor(
    private socket: Socket,
    private readonly rules: SmtpRules,
    private secure: boolean,
  ) {
    this.#signedIn = rules.account === null;
    this.#listen();
    this.#work = this.#answer('GREETING', '220 sandbox ESMTP').then(() => undefined);
  }

  #listen(): void {
    this.socket.setEncoding('latin1');
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk: string) => {
      this.#buffer += chunk;
      this.#work = this.#work.then(() => this.#drain()).catch(() => undefined);
    });
  }

  async #drain(): Promise<void> {
    for (;;) {
      const end = this.#reading === 'MESSAGE' ? this.#buffer.indexOf('\r\n.\r\n') : this.#buffer.indexOf('\r\n');
      if (end < 0) return;
      const piece = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + (this.#reading === 'MESSAGE' ? 5 : 2));
      if (this.#reading === 'MESSAGE') await this.#message(piece);
      else if (this.#reading === 'COMMAND') await this.#command(piece);
      else await this.#reading(piece);
    }
  }

  async #command(line: string): Promise<void> {
    const [, verb = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    this.rules.asked(verb.toUpperCase());
    switch (verb.toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        this.#greeted = true;
        await this.#answer('EHLO', ['sandbox', `SIZE ${this.rules.maxBytes}`, '8BITMIME', ...this.#offers()].map((offer, at, all) => `250${at === all.length - 1 ? ' ' : '-'}${offer}`).join('\r\n')); // prettier-ignore
        return;
      case 'STARTTLS':
        await this.#startTls();
        return;
      case 'AUTH':
        await this.#auth(rest);
        return;
      case 'MAIL':
        await this.#mail(rest);
        return;
      case 'RCPT':
        await this.#recipient(rest);
        return;
      case 'DATA':
        if (this.#envelope.to.length === 0) return this.#say('503 5.5.1 No recipients');
        if (await this.#answer('DATA', '354 Go on')) this.#reading = 'MESSAGE';
        return;
      case 'RSET':
        this.#envelope = { to: [] };
        return this.#say('250 2.0.0 Forgotten');
      case 'NOOP':
        return this.#say('250 2.0.0 Still here');
      case 'QUIT':
        await this.#answer('QUIT', '221 2.0.0 Bye');
        this.socket.end();
        return;
      default:
        return this.#say('500 5.5.2 Unknown command');
    }
  }

  #offers(): string[] {
    return [
      ...(this.rules.tls && !this.secure ? ['STARTTLS'] : []),
      ...(this.rules.account ? ['AUTH PLAIN LOGIN'] : []),
      'ENHANCEDSTATUSCODES',
    ];
  }

  async #startTls(): Promise<void> {
    const { tls } = this.rules;
    if (!tls || this.secure) return this.#say('502 5.5.1 Not here');
    if (!(await this.#answer('STARTTLS', '220 2.0.0 Go on'))) return;
    this.socket.removeAllListeners('data');
    this.socket = new TLSSocket(this.socket, { isServer: true, key: tls.key, cert: tls.cert });
    // What came in the clear before the handshake must not count after it (RFC 3207, section 4.2).
    this.#buffer = '';
    this.#greeted = false;
    this.#envelope = { to: [] };
    this.secure = true;
    this.#listen();
  }

  async #auth(rest: string): Promise<void> {
    const [kind = '', given] = rest.split(' ');
    if (kind.toUpperCase() === 'PLAIN') {
      const check = (text: string) => this.#check(decode(text).split('\0').slice(1));
      return given === undefined ? this.#ask('334 ', check) : check(given);
    }
    if (kind.toUpperCase() !== 'LOGIN') return this.#say('504 5.5.4 Unknown mechanism');
    const password = (user: string) => this.#ask('334 UGFzc3dvcmQ6', text => this.#check([user, decode(text)]));
    return given === undefined ? this.#ask('334 VXNlcm5hbWU6', text => password(decode(text))) : password(decode(given));
  }

  async #ask(prompt: string, then: (line: string) => Promise<void>): Promise<void> {
    await this.#say(prompt);
    this.#reading = line => {
      this.#reading = 'COMMAND';
      return then(line);
    };
  }

  async #check([user, password]: readonly string[]): Promise<void> {
    const { account } = this.rules;
    const good = account !== null && user === account.user && password === account.password;
    const accepted = await this.#answer('AUTH', good ? '235 2.7.0 Welcome' : '535 5.7.8 Wrong credentials');
    this.#signedIn = good && accepted;
  }

  async #mail(rest: string): Promise<void> {
    const [, from, size] = /^FROM:\s*<([^>]*)>(?:.*\bSIZE=(\d+))?/i.exec(rest) ?? [];
    if (!this.#greeted) return this.#say('503 5.5.1 Say EHLO first');
    if (!this.#signedIn) return this.#say('530 5.7.0 Sign in first');
    if (from === undefined) return this.#say('501 5.5.4 No sender');
    if (Number(size ?? 0) > this.rules.maxBytes) return this.#say('552 5.3.4 Too large');
    if (await this.#answer('MAIL', '250 2.1.0 Good')) this.#envelope = { from, to: [] };
  }

  async #recipient(rest: string): Promise<void> {
    const [, to] = /^TO:\s*<([^>]+)>/i.exec(rest) ?? [];
    if (this.#envelope.from === undefined) return this.#say('503 5.5.1 Say MAIL first');
    if (to === undefined) return this.#say('501 5.5.4 No recipient');
    if (await this.#answer('RCPT', '250 2.1.5 Good')) this.#envelope.to.push(to);
  }

  async #message(stuffed: string): Promise<void> {
    this.#reading = 'COMMAND';
    const raw = Buffer.from(stuffed.replaceAll(/(^|\r\n)\.\./g, '$1.'), 'latin1').toString('utf8');
    const { from = '', to } = this.#envelope;
    this.#envelope = { to: [] };
    if (stuffed.length > this.rules.maxBytes) return this.#say('552 5.3.4 Too large');
    if (await this.#answer('MESSAGE', '250 2.0.0 Taken')) this.rules.received(readMessage(from, to, raw));
  }

  /** True when the usual reply was given. */
  async #answer(step: Step, usual: string): Promise<boolean> {
    const fault = this.rules.fault(step);
    if (fault === 'DROP') this.socket.destroy();
    if (fault === 'DROP' || fault === 'SILENCE') return false;
    if (fault && 'reply' in fault) {
      await this.#say(fault.reply);
      return false;
    }
    if (fault) await new Promise(resolve => setTimeout(resolve, fault.delayMs));
    await this.#say(usual);
    return true;
  }

  #say(reply: string): Promise<void> {
    if (!this.socket.destroyed) this.socket.write(`${reply}\r\n`);
    return Promise.resolve();
  }
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
