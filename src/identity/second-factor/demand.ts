/** What a challenge demands: a second factor, or to enrol one. */
export const secondFactorDemands = ['VERIFY', 'ENROL'] as const;

/** What a user who gave the right password owes before a session begins. */
export type SecondFactorDemand = (typeof secondFactorDemands)[number] | 'NONE';

/** With what a challenge can be met; with a demand to enrol: what can be enrolled. */
export const secondFactorMethods = ['TOTP', 'PASSKEY', 'RECOVERY_CODE'] as const;

export type SecondFactorMethod = (typeof secondFactorMethods)[number];

/** What sign-in answers in the place of tokens. */
export interface SecondFactorChallenge {
  /** Opaque; shown once. */
  readonly challenge: string;
  /** In UTC. */
  readonly expiresAt: Date;
  readonly demand: 'VERIFY' | 'ENROL';
  readonly methods: readonly SecondFactorMethod[];
}
