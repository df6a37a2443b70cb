import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { parse as uuidBytes } from 'uuid';

import type { PasskeyAssertion, PasskeyAttestation } from './passkey-response';

export const CEREMONY_SECONDS = 300;

export interface NewCredential {
  /** Base64url, both. */
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
}

export interface KnownCredential {
  readonly userId: string;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly transports: readonly string[];
}

type Challenge = Uint8Array<ArrayBuffer>;

/**
 * Payymo as the relying party of WebAuthn (Level 3): passkeys belong to the host of the browser app, and the user is verified each time.
 * @requirement SEC-011
 */
export class RelyingParty {
  readonly #id: string;
  readonly #origins: readonly string[];

  /** The host of `appUrl` is the RP ID; its origin and the allowed ones may use its passkeys. */
  constructor({ appUrl, allowedOrigins }: { readonly appUrl: string; readonly allowedOrigins: readonly string[] }) {
    const { hostname, origin } = new URL(appUrl);
    this.#id = hostname;
    this.#origins = [origin, ...allowedOrigins];
  }

  /** For navigator.credentials.create; without attestation, so that nobody learns which device a person has. */
  creationOptions(
    challenge: Challenge,
    user: { readonly id: string; readonly email: string; readonly name: string },
    known: readonly KnownCredential[],
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      rpName: 'Payymo',
      rpID: this.#id,
      userID: Uint8Array.from(uuidBytes(user.id)),
      userName: user.email,
      userDisplayName: user.name,
      challenge,
      timeout: CEREMONY_SECONDS * 1000,
      attestationType: 'none',
      excludeCredentials: known.map(descriptorOf),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    });
  }

  /** For navigator.credentials.get. */
  requestOptions(challenge: Challenge, known: readonly KnownCredential[]): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.#id,
      challenge,
      timeout: CEREMONY_SECONDS * 1000,
      allowCredentials: known.map(descriptorOf),
      userVerification: 'required',
    });
  }

  /** WebAuthn, section 7.1, for a challenge that was found to be ours. Null for a response that is not right in any way. */
  async registered(response: PasskeyAttestation, challenge: string): Promise<NewCredential | null> {
    try {
      if (!isUnattested(response) || isFramed(response.response.clientDataJSON)) return null;
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: [...this.#origins],
        expectedRPID: this.#id,
        requireUserVerification: true,
      });
      // What the browser calls the credential must be what the authenticator does.
      if (!verified || registrationInfo.credential.id !== response.id) return null;
      const { id, publicKey, counter } = registrationInfo.credential;
      return { credentialId: id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
    } catch {
      // The library tells what is wrong, for developers; callers are told that it is wrong.
      return null;
    }
  }

  /**
   * WebAuthn, section 7.2, for a challenge that was found to be ours; all but its step 22, the counter, which the caller compares with
   * the row in one statement. The counter of a right signature, or null.
   */
  async asserted(response: PasskeyAssertion, challenge: string, credential: KnownCredential): Promise<number | null> {
    try {
      if (!isOfUser(response, credential.userId) || isFramed(response.response.clientDataJSON)) return null;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: [...this.#origins],
        expectedRPID: this.#id,
        requireUserVerification: true,
        credential: {
          id: credential.credentialId,
          publicKey: Uint8Array.from(Buffer.from(credential.publicKey, 'base64url')),
          counter: 0,
        },
      });
      return verified ? authenticationInfo.newCounter : null;
    } catch {
      return null;
    }
  }
}

/** The challenge that a response says it signed, in base64url; null for a response that cannot be read. */
export const challengeIn = (clientDataJSON: string): string | null => {
  const { challenge } = clientData(clientDataJSON);
  return typeof challenge === 'string' ? challenge : null;
};

/** Our pages stand in no frame of another origin. */
const isFramed = (clientDataJSON: string): boolean => clientData(clientDataJSON)['crossOrigin'] === true;

function clientData(clientDataJSON: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * No attestation was asked for. What comes all the same is at most the key's own signature (`packed` without certificates, section 8.2);
 * certificates are refused unread, since checking them would fetch addresses that they name.
 */
function isUnattested({ response: { attestationObject } }: PasskeyAttestation): boolean {
  const object = decodeAttestationObject(Uint8Array.from(Buffer.from(attestationObject, 'base64url')));
  const format = object.get('fmt');
  return format === 'none' || (format === 'packed' && object.get('attStmt').get('x5c') === undefined);
}

/** A discoverable passkey says whose it is (section 7.2, step 6). */
const isOfUser = ({ response: { userHandle } }: PasskeyAssertion, userId: string): boolean =>
  userHandle === undefined || userHandle === Buffer.from(uuidBytes(userId)).toString('base64url');

const descriptorOf = ({ credentialId, transports }: KnownCredential) => ({ id: credentialId, transports: [...transports] });
