import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What navigator.credentials.create and get are called with, as far as an authenticator looks at it. */
interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
}

/** What a forger puts in the place of the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  /** Of how often it has signed. */
  readonly counter?: number;
  /** Base64url. */
  readonly userHandle?: string;
  readonly credentialId?: string;
  /** Turns a bit of the signature over. */
  readonly tampered?: boolean;
  readonly attestation?: { readonly format: string; readonly statement: Cbor };
}

type Cbor = number | string | Buffer | Map<number | string, Cbor>;

/** A security key in software: ES256, without attestation (WebAuthn Level 3, sections 6 and 8.7), in a browser that shows one page. */
export class Authenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;
  #counter = 0;
  #userHandle = '';

  /** @param counts Synchronised passkeys do not. */
  constructor(
    private readonly origin: string,
    private readonly counts = true,
  ) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#privateKey = privateKey;
    this.#publicKey = cbor(new Map<number, Cbor>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')], [-3, Buffer.from(y, 'base64url')]])); // prettier-ignore
  }

  /** navigator.credentials.create, with what toJSON() says of its result. */
  create(options: object, lies: Lies = {}): Record<string, unknown> {
    const { challenge, rp, user } = options as CreationOptions;
    this.#userHandle = user.id;
    const id = Buffer.from(this.credentialId, 'base64url');
    const credential = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, this.#publicKey]);
    const { format = 'none', statement = new Map<string, Cbor>() } = lies.attestation ?? {};
    const authData = this.#authenticatorData(rp.id ?? '', lies, credential);
    const object = new Map<string, Cbor>([['fmt', format], ['attStmt', statement], ['authData', authData]]); // prettier-ignore
    return this.#credential(lies, {
      clientDataJSON: this.#clientData('webauthn.create', challenge, lies).toString('base64url'),
      attestationObject: cbor(object).toString('base64url'),
      transports: ['usb'],
    });
  }

  /** navigator.credentials.get, with what toJSON() says of its result. */
  get(options: object, lies: Lies = {}): Record<string, unknown> {
    const { challenge, rpId = '' } = options as RequestOptions;
    const authenticatorData = this.#authenticatorData(rpId, lies);
    const clientData = this.#clientData('webauthn.get', challenge, lies);
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), this.#privateKey);
    if (lies.tampered === true) signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
    return this.#credential(lies, {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: lies.userHandle ?? this.#userHandle,
    });
  }

  #credential({ credentialId = this.credentialId }: Lies, response: Record<string, unknown>): Record<string, unknown> {
    return {
      id: credentialId,
      rawId: credentialId,
      type: 'public-key',
      authenticatorAttachment: 'cross-platform',
      clientExtensionResults: {},
      response,
    };
  }

  #clientData(type: string, challenge: string, lies: Lies): Buffer {
    const { origin = this.origin, crossOrigin = false } = lies;
    return Buffer.from(JSON.stringify({ type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin, crossOrigin }));
  }

  /** WebAuthn, section 6.1: hash of the RP ID, flags, counter, and at registration the credential. */
  #authenticatorData(rpId: string, { userPresent = true, userVerified = true, ...lies }: Lies, credential = Buffer.alloc(0)): Buffer {
    if (this.counts) this.#counter += 1;
    const flags = (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | (credential.length > 0 ? 0x40 : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(lies.counter ?? this.#counter);
    return Buffer.concat([sha256(Buffer.from(lies.rpId ?? rpId)), Buffer.from([flags]), counter, credential]);
  }
}

/** RFC 8949, section 3, as far as it is needed here. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, inner]) => [cbor(key), cbor(inner)])]);
}

/** The major type, and a number below 65536. */
function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  return argument < 256 ? Buffer.from([(major << 5) | 24, argument]) : Buffer.concat([Buffer.from([(major << 5) | 25]), uint16(argument)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
