/** What an HTTP request tells of its sender, beside who they say they are. */
export interface Caller {
  /** The IP address; of the client, not of a trusted proxy. */
  readonly address: string;
  /** At most 256 characters. */
  readonly userAgent: string;
  /** x5t#S256 (RFC 8705, section 3.1) of the certificate that the client proved to hold in the TLS handshake. */
  readonly certificate: string | null;
  /** A DPoP proof (RFC 9449) with the request that it must be for. */
  readonly dpop: DpopRequest | null;
  /** The random value of the cookie that this browser was given. */
  readonly browserSecret: string | null;
  /** Gives the browser such a cookie with the answer. */
  rememberBrowser(secret: string): void;
}

export interface DpopRequest {
  readonly proof: string;
  readonly method: string;
  /** As the client sees it, without query and fragment. */
  readonly url: string;
}

/** An access token as it was presented. */
export interface Credentials {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
  readonly caller: Caller;
}

/** For work that no request asked for. */
export const NO_CALLER: Caller = Object.freeze({
  address: '',
  userAgent: '',
  certificate: null,
  dpop: null,
  browserSecret: null,
  rememberBrowser: () => undefined,
});
