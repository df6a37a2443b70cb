import { hotp, stepAt, TOTP_STEP_SECONDS } from '../../src/identity/second-factor/totp';
import { describeVectors, sharedJson } from './shared';

interface Vectors {
  readonly rfc4226_appendixD: { readonly secretAscii: string; readonly digits: number; readonly hotp: readonly string[] };
  readonly rfc6238_appendixB: {
    readonly digits: number;
    readonly step: number;
    readonly t0: number;
    readonly secrets: { readonly SHA1: string };
    /** Seconds since 1970, and the codes with SHA-1, SHA-256 and SHA-512. */
    readonly vectors: readonly (readonly [number, string, string, string])[];
  };
}

describeVectors('the examples of RFC 4226 and RFC 6238', () => {
  const { rfc4226_appendixD: counted, rfc6238_appendixB: timed } = sharedJson('vectors/otp/rfc4226-rfc6238.json') as Vectors;

  it('gives the ten codes of RFC 4226, appendix D [SEC-011]', () => {
    const secret = Buffer.from(counted.secretAscii, 'ascii');

    expect(counted.hotp).toHaveLength(10);
    expect(counted.hotp.map((_code, counter) => hotp(secret, counter, counted.digits))).toEqual(counted.hotp);
  });

  it('gives the SHA-1 codes of RFC 6238, appendix B, at their times [SEC-011]', () => {
    const secret = Buffer.from(timed.secrets.SHA1, 'ascii');
    const codes = timed.vectors.map(([seconds]) => hotp(secret, stepAt(new Date(seconds * 1000)), timed.digits));

    expect(timed.vectors).toHaveLength(6);
    expect([timed.step, timed.t0]).toEqual([TOTP_STEP_SECONDS, 0]);
    expect(codes).toEqual(timed.vectors.map(([, sha1]) => sha1));
  });
});
