import { type ErrorCode, PayymoError } from '../../platform/errors';
import type { Metrics, SignInOutcome } from '../../platform/metrics/metrics';
import type { SignedIn, SignIn } from './sign-in.service';

const OUTCOMES: Partial<Record<ErrorCode, SignInOutcome>> = {
  UNAUTHENTICATED: 'refused',
  RATE_LIMITED: 'throttled',
  BAD_USER_INPUT: 'tenant_demanded',
};

/** The same sign-in, with each one counted by how it ended. */
export const countedSignIn = (service: Pick<SignIn, 'signIn'>, metrics: Metrics): Pick<SignIn, 'signIn'> => ({
  signIn: async (credentials, caller, requestId) => {
    try {
      const signedIn = await service.signIn(credentials, caller, requestId);
      metrics.signedIn(outcomeOf(signedIn));
      return signedIn;
    } catch (error) {
      metrics.signedIn((error instanceof PayymoError ? OUTCOMES[error.code] : undefined) ?? 'failed');
      throw error;
    }
  },
});

const outcomeOf = ({ tokens }: SignedIn): SignInOutcome => (tokens ? 'succeeded' : 'second_factor_demanded');
