/** What a user who gave the right password owes before a session begins: nothing, a second factor, or to enrol one. */
export type SecondFactorDemand = 'NONE' | 'VERIFY' | 'ENROL';

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
