import { request } from 'node:http';

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface RawRequest {
  readonly method?: string;
  /** The request target as it is to stand in the first line, instead of the URL's path. */
  readonly target?: string;
  /** Names and values in turn, so that a name can come twice. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** Sends a request with headers exactly as given, as fetch would not. */
export const rawRequest = (url: string, { method = 'POST', target, headers = [], body = '' }: RawRequest): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const length = ['content-length', String(Buffer.byteLength(body))];
    const sent = request(
      url,
      { method, ...(target !== undefined && { path: target }), headers: ['host', new URL(url).host, ...headers, ...length] },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
