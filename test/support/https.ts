import { request } from 'node:https';

import type { TestCertificate } from './certificates';

export interface HttpsAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface HttpsRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Shown in the handshake. */
  readonly certificate?: TestCertificate | undefined;
}

/** Posts over a connection of its own to a server that signed its certificate itself. */
export const postHttps = (url: string, { body, headers, certificate }: HttpsRequest): Promise<HttpsAnswer> =>
  new Promise((resolve, reject) => {
    const shown = certificate && { cert: certificate.certificate, key: certificate.key };
    const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, ...shown };
    const sent = request(url, { ...options, rejectUnauthorized: false, agent: false }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
