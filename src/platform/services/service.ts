/**
 * Something that lives as long as the process: a pool, a server, a worker. Dependencies arrive through its constructor or
 * factory; `dependsOn` names those that must be up before it starts. See docs/architecture.md for an example.
 * @requirement ARC-001
 */
export interface Service {
  readonly name: string;
  readonly dependsOn?: readonly string[];
  start(): Promise<void>;
  /** Safe to call when start failed half-way. */
  stop(): Promise<void>;
  /** Undefined when all is well; otherwise one line that says what is wrong. */
  health?(): Promise<string | undefined>;
}

export type ServiceState = 'stopped' | 'starting' | 'running' | 'failed';

export interface ServiceReport {
  readonly name: string;
  readonly state: ServiceState;
  readonly healthy: boolean;
  readonly problem: string | null;
  /** When it was last running, in UTC. */
  readonly startedAt: Date | null;
  /** How long its start took. */
  readonly startMs: number | null;
}
