import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { Conversation, type Fault, type SmtpRules, type Step } from './conversation';
import type { ReceivedMail } from './message';

export interface SmtpOptions {
  readonly maxBytes?: number;
  readonly account?: SmtpRules['account'];
  /** PEM. */
  readonly tls?: SmtpRules['tls'];
  /** TLS from the first byte (smtps) in the place of STARTTLS. */
  readonly implicitTls?: boolean;
}

export interface SmtpSandbox {
  /** Without credentials. */
  readonly url: string;
  /** What was taken, the oldest first. */
  readonly mails: ReceivedMail[];
  /** The verbs of all commands so far. */
  readonly commands: readonly string[];
  /** How many connections there were. */
  readonly connections: () => number;
  /** Does this at that step, so many times; for good unless told. */
  fail(step: Step, fault: Fault, times?: number): void;
  /** As usual again. */
  heal(): void;
  close(): Promise<void>;
}

/** A mail server on this machine that takes mails and keeps them, with faults on demand. */
export async function startSmtpSandbox({
  maxBytes = 1_000_000,
  account = null,
  tls = null,
  implicitTls = false,
}: SmtpOptions = {}): Promise<SmtpSandbox> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const faults = new Map<Step, { readonly fault: Fault; times: number }>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const rules: SmtpRules = {
    maxBytes,
    account,
    tls: implicitTls ? null : tls,
    fault: step => {
      const set = faults.get(step);
      if (!set || set.times <= 0) return undefined;
      set.times -= 1;
      return set.fault;
    },
    asked: verb => void commands.push(verb),
    received: mail => void mails.push(mail),
  };
  const serve = (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    new Conversation(socket, rules, implicitTls);
  };
  const server: Server = implicitTls && tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${implicitTls ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    mails,
    commands,
    connections: () => connections,
    fail: (step, fault, times = Number.POSITIVE_INFINITY) => void faults.set(step, { fault, times }),
    heal: () => {
      faults.clear();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
