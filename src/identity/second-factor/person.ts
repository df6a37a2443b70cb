import type { Scope } from '../../platform/database/scope';
import { PayymoError } from '../../platform/errors';

/** The signed-in person of a scope, and the session that their passkey ceremonies belong to. @throws UNAUTHENTICATED, FORBIDDEN for a machine */
export function person({ actor: { userId, sessionId } }: Scope): { readonly userId: string; readonly contextId: string } {
  if (userId === null) throw new PayymoError('FORBIDDEN', 'Only people have a second factor');
  return { userId, contextId: sessionId ?? userId };
}
