import type { Scope } from '../../platform/database/scope';
import { unavailable } from '../../platform/errors';
import type { BuiltInRole } from '../roles/permissions';
import type { SecondFactorChallenge, SecondFactorDemand } from './demand';

/** The second factor of users: what sign-in demands, and how it is met. */
export class SecondFactors {
  /** What the user owes after the password. */
  demandOn(_scope: Scope, _user: { readonly id: string; readonly role: string | BuiltInRole }): Promise<SecondFactorDemand> {
    return Promise.reject(unavailable('Not there yet'));
  }

  /** Begins the second step of a sign-in. The scope must be one of the user's tenant, with the caller of the request. */
  challenge(_scope: Scope, _userId: string, _demand: 'VERIFY' | 'ENROL'): Promise<SecondFactorChallenge> {
    return Promise.reject(unavailable('Not there yet'));
  }
}
