import type { ServerOptions } from 'node:https';

/** In PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * TLS 1.2 or 1.3. Clients may show a certificate: the handshake proves that they hold its key. Who signed it does not matter, since
 * partners register their certificates by thumbprint, self-signed ones too (RFC 8705, section 2.2).
 */
export const tlsOptions = ({ certificate, key }: TlsIdentity): ServerOptions => ({
  cert: certificate,
  key,
  minVersion: 'TLSv1.2',
  requestCert: true,
  rejectUnauthorized: false,
  handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
});
