import { z } from 'zod';

import type { Credentials } from './caller';
import { failClosed } from './fail-closed';
import type { Principal } from './principal';

/** Who credentials name. @throws UNAUTHENTICATED */
export type Authenticate = (credentials: Credentials) => Promise<Principal>;

const Shape = z.object({
  tenantId: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  userId: z.string().min(1).nullable(),
  clientId: z.string().min(1).nullable(),
  sessionId: z.string().min(1).nullable(),
  actor: z.string().min(1).max(256),
  scopes: z.set(z.string().min(1)),
  authenticatedAt: z.date().nullable(),
  methods: z.array(z.enum(['pwd', 'otp', 'hwk', 'mfa'])),
});

/**
 * The one door through which a principal enters: within its time, of the right shape in every part, and as a copy that nobody else holds.
 * @throws UNAUTHENTICATED as the authentication decides; UNAVAILABLE when it does not decide.
 * @requirement SEC-017
 */
export async function admit(authenticate: Authenticate, credentials: Credentials, timeoutMs: number): Promise<Principal> {
  const gate = { stage: 'authentication', timeoutMs, accepts: () => true } as const;
  return failClosed(gate, async () => Object.freeze(Shape.parse(await authenticate(credentials))));
}
