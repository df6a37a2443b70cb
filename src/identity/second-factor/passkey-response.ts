import { z } from 'zod';

const Base64Url = z.string().regex(/^[\w-]+$/);
/** WebAuthn, section 4: at most 1023 bytes. */
const CredentialId = Base64Url.max(1_364);
const ClientData = Base64Url.max(4_096);

/** What a browser adds is left out: extensions were not asked for. */
const credential = { id: CredentialId, rawId: CredentialId, type: z.literal('public-key') };

/** PublicKeyCredential.toJSON() after navigator.credentials.get (WebAuthn Level 3, section 5.1.8). */
export const PasskeyAssertion = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: ClientData,
      authenticatorData: Base64Url.max(4_096),
      signature: Base64Url.max(4_096),
      userHandle: Base64Url.max(88).exactOptional(),
    }),
  })
  .transform(response => ({ ...response, clientExtensionResults: {} }));

/** PublicKeyCredential.toJSON() after navigator.credentials.create. */
export const PasskeyAttestation = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: ClientData,
      attestationObject: Base64Url.max(16_384),
      transports: z
        .array(z.string().regex(/^[a-z-]{1,20}$/))
        .max(8)
        .default([]),
    }),
  })
  .transform(response => ({ ...response, clientExtensionResults: {} }));

export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>;
export type PasskeyAttestation = z.infer<typeof PasskeyAttestation>;
