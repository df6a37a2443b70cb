import { PayymoError, unavailable } from '../errors';

/** The steps between a request and its data, any of which can refuse. */
export const refusalStages = ['authentication', 'tenant', 'revocation', 'authorization', 'scope'] as const;
export type RefusalStage = (typeof refusalStages)[number];

/** A step that decides whether somebody gets in. */
export interface Gate<T> {
  readonly stage: RefusalStage;
  /** How long the step may take. */
  readonly timeoutMs: number;
  /** Whether what the step gave is what it should give; and what to do about what came too late. */
  readonly accepts: (value: T) => boolean;
  readonly discard?: (late: T) => void;
}

/** Longer than any of these steps takes while all is well, shorter than a client waits. */
export const GATE_TIMEOUT_MS = 5_000;

const stages = new WeakMap<Error, RefusalStage>();

/** The step that refused with this error; undefined when it came from somewhere else. */
export const stageOf = (error: unknown): RefusalStage | undefined => (error instanceof Error ? stages.get(error) : undefined);

/**
 * Runs a step so that it lets nobody in but by its plain answer: whatever else it does (throw, hang, give nothing or something of another
 * shape) refuses. A refusal with a code passes as it is; anything else becomes UNAVAILABLE, with the fault as its cause, for the log alone.
 * @requirement SEC-017
 */
export async function failClosed<T>(gate: Gate<T>, work: () => Promise<T>): Promise<T> {
  try {
    const value = await withinTime(gate, work);
    if (!gate.accepts(value)) throw new TypeError(`The step ${gate.stage} gave no answer of the right shape`);
    return value;
  } catch (error) {
    const refusal = error instanceof PayymoError ? error : unavailable('This cannot be decided at the moment: try again', error);
    // The first step that refuses is the one: others may stand around it.
    if (!stages.has(refusal)) stages.set(refusal, gate.stage);
    throw refusal;
  }
}

async function withinTime<T>({ stage, timeoutMs, discard }: Gate<T>, work: () => Promise<T>): Promise<T> {
  const { promise: deadline, resolve } = Promise.withResolvers<typeof TOO_LATE>();
  const timer = setTimeout(resolve, timeoutMs, TOO_LATE);
  const working = Promise.resolve().then(work);
  try {
    const first = await Promise.race([working, deadline]);
    if (first !== TOO_LATE) return first;
    void working.then(discard, () => undefined);
    throw new Error(`The step ${stage} took longer than ${timeoutMs} ms`);
  } finally {
    clearTimeout(timer);
  }
}

const TOO_LATE = Symbol('too late');
