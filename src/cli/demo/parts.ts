import type { DatabaseUrls } from '../../platform/database/embedded/prepare-database';
import type { SandboxFacts } from './sandbox';
import type { DemoSecrets } from './secrets';

/** What the demo has made so far, for those who build on it. */
export interface DemoContext {
  /** The checkout. */
  readonly root: string;
  /** `.payymo` in it. */
  readonly home: string;
  /** Of the gateway, without a path or a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly database: DatabaseUrls;
  readonly secrets: DemoSecrets;
  readonly sandbox: SandboxFacts;
}

/** A seeded tenant as demo.json shows it, with whatever helps to sign in. */
export interface DemoTenant extends Readonly<Record<string, unknown>> {
  readonly slug: string;
  readonly name: string;
}

/** What the demo needs of the rest of Payymo. */
export interface DemoParts {
  /** Address and port of the gateway; port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** A database of the user's own; without it the embedded PostgreSQL is started. */
  readonly database?: DatabaseUrls;
  /** The shell command that prints an access token of the demo. */
  readonly tokenCommand: string;
  readonly migrate: (ownerUrl: string) => Promise<void>;
  /** Safe to repeat: the demo keeps its data over restarts. */
  readonly seed: (context: DemoContext) => Promise<readonly DemoTenant[]>;
  /** The whole environment of a child. */
  readonly environment: (context: DemoContext, child: DemoProcess) => Readonly<Record<string, string>>;
}

export type DemoProcess = 'serve' | 'worker';
