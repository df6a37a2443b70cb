import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface KeyAnswer {
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
}

/** A partner's server that publishes a JWK set. */
export interface KeyServer {
  readonly url: string;
  /** How often it was asked. */
  readonly asked: number;
  serve(set: object): void;
  answer(answer: KeyAnswer): void;
  close(): Promise<void>;
}

export async function aKeyServer(): Promise<KeyServer> {
  let next: KeyAnswer = {};
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    const { status = 200, location, body = '{}' } = next;
    response.writeHead(status, { 'content-type': 'application/json', ...(location !== undefined && { location }) }).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    serve: set => {
      next = { body: JSON.stringify(set) };
    },
    answer: answer => {
      next = answer;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close(error => {
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}
