import type { Clock } from '../../platform/clock';
import type { Seal } from '../../platform/crypto/seal';
import type { Database } from '../../platform/database/database';
import type { ModelCtor } from '../../platform/database/model';
import type { Sessions } from '../sessions/sessions';
import type { Proofs } from '../tokens/proofs';
import { Challenges } from './challenges';
import { Enrolment } from './enrolment';
import { EnrolmentResolver } from './enrolment.resolver';
import { FactorChanges } from './factor-changes';
import { Failures } from './failures';
import { Passkey } from './passkey.model';
import { PasskeyCeremony } from './passkey-ceremony.model';
import { PasskeyCeremonies } from './passkey-ceremonies';
import { Passkeys } from './passkeys';
import { RecoveryCode } from './recovery-code.model';
import { RecoveryCodes } from './recovery-codes';
import { SecondFactors } from './second-factor';
import { SecondFactorChallengeRow } from './second-factor-challenge.model';
import { SecondFactorFailures } from './second-factor-failures.model';
import { SecondFactorResolver } from './second-factor.resolver';
import { TotpFactor } from './totp-factor';
import { TotpSeed } from './totp-seed.model';
import { RelyingParty } from './web-authn';

export interface SecondFactorNeeds {
  readonly database: Database;
  readonly seal: Seal;
  readonly sessions: Pick<Sessions, 'begin' | 'stepUp' | 'endAllOf'>;
  /** The same that the sessions ask: a proof is used up by the request that brings it. */
  readonly proofs: Pick<Proofs, 'of'>;
  readonly clock: Clock;
  /** Where the browser app is; passkeys belong to its host. */
  readonly http: { readonly appUrl: string; readonly allowedOrigins: readonly string[] };
}

export interface SecondFactorServices {
  /** What sign-in asks. */
  readonly secondFactors: SecondFactors;
  readonly resolvers: readonly object[];
  readonly models: readonly ModelCtor[];
}

/** One-time passwords, passkeys and recovery codes, put together. */
export function secondFactorServices({ database, seal, sessions, proofs, clock, http }: SecondFactorNeeds): SecondFactorServices {
  const parts = {
    challenges: new Challenges(database, proofs, clock),
    failures: new Failures(clock),
    totp: new TotpFactor(seal, clock),
    passkeys: new Passkeys(new RelyingParty(http), new PasskeyCeremonies(clock), clock),
    recoveryCodes: new RecoveryCodes(clock),
    sessions,
    clock,
  };
  const secondFactors = new SecondFactors(parts);
  return {
    secondFactors,
    resolvers: [new SecondFactorResolver(secondFactors, new FactorChanges(parts)), new EnrolmentResolver(new Enrolment(parts))],
    models: [TotpSeed, Passkey, RecoveryCode, SecondFactorChallengeRow, PasskeyCeremony, SecondFactorFailures],
  };
}
