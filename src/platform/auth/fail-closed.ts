import { PayymoError, unavailable } from '../errors';

/** The steps between a request and its data, any of which can refuse. */
export const refusalStages = ['authentication', 'tenant', 'revocation', 'authorization', 'scope'] as const;
export type RefusalStage = (typeof refusalStages)[number];

/** A step that decides whether somebody gets in. */
export interface Gate<T> {
  readonly stage: RefusalStage;
  /** How long the step may take. */
  readonly timeoutMs: number;
  /** Whether what the step gave is what it should give. */
  readonly accepts: (value: T) => boolean;
  /** What to do with what came too late, or in another shape. */
  readonly discard?: (unwanted: T) => unknown;
}

/** Longer than any of these steps takes while all is well, shorter than a client waits. */
export const GATE_TIMEOUT_MS = 5_000;

const stages = new WeakMap<Error, RefusalStage>();

/** The step that refused with this error; undefined when it came from somewhere else. */
export const stageOf = (error: unknown): RefusalStage | undefined => (error instanceof Error ? stages.get(error) : undefined);

/**
 * Runs a step so that it lets nobody in but by its plain answer: whatever else it does (throw, hang, give nothing or something of another
 * shape) refuses. A refusal with a code passes as it is; anything else becomes UNAVAILABLE.
 * @requirement SEC-017
 */
export async function failClosed<T>(gate: Gate<T>, work: () => Promise<T>): Promise<T> {
  try {
    const value = await withinTime(gate, work);
    if (gate.accepts(value)) return value;
    discarded(gate, Promise.resolve(value));
    throw new TypeError('an answer of another shape');
  } catch (error) {
    throw refusalAt(gate.stage, error);
  }
}

/**
 * The same for a step that decides at once and gives nothing: it refuses by throwing.
 * @requirement SEC-017
 */
export function failClosedAtOnce(stage: RefusalStage, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw refusalAt(stage, error);
  }
}

/** What went wrong in such a step, as the log may show it: its message can quote the very secret that was being judged. */
export class Fault extends Error {
  override readonly name: string;
  readonly code: string | undefined;

  constructor(stage: RefusalStage, error: unknown) {
    super(`A fault in the step ${stage}`);
    const { name, code, parent, stack } = (error ?? {}) as { name?: unknown; code?: unknown; parent?: { code?: unknown }; stack?: unknown };
    this.name = typeof name === 'string' && NAME.test(name) ? name : 'Fault';
    this.code = [code, parent?.code].find((found): found is string => typeof found === 'string' && NAME.test(found));
    this.stack = [`${this.name}: ${this.message}`, ...framesOf(stack)].join('\n');
  }
}

const NAME = /^\w{1,40}$/;

/** Where it happened: a frame names code, never a value. */
const framesOf = (stack: unknown): readonly string[] =>
  typeof stack === 'string' ? stack.split('\n').filter(line => /^ {4}at [^'"]+:\d+:\d+\)?$/.test(line)) : [];

/** The first step that refuses is the one that counts: others may stand around it. */
function refusalAt(stage: RefusalStage, error: unknown): PayymoError {
  const refusal =
    error instanceof PayymoError ? error : unavailable('This cannot be decided at the moment: try again', new Fault(stage, error));
  if (!stages.has(refusal)) stages.set(refusal, stage);
  return refusal;
}

async function withinTime<T>(gate: Gate<T>, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof TOO_LATE>(resolve => {
    timer = setTimeout(resolve, gate.timeoutMs, TOO_LATE);
  });
  const working = Promise.resolve().then(work);
  try {
    const first = await Promise.race([working, deadline]);
    if (first !== TOO_LATE) return first;
    discarded(gate, working);
    throw Object.assign(new Error('too late'), { code: 'ETIMEDOUT' });
  } finally {
    clearTimeout(timer);
  }
}

/** Whatever it is, getting rid of it changes no verdict. */
const discarded = <T>({ discard }: Pick<Gate<T>, 'discard'>, value: Promise<T>): unknown => value.then(discard).catch(() => undefined);

const TOO_LATE = Symbol('too late');
