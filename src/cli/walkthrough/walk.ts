import type { DemoFile } from '../demo/demo-file';
import { signIn } from '../sign-in';
import { Client } from './client';
import type { Narrator } from './narrator';

/** What every step works with. */
export interface Walk {
  readonly demo: DemoFile;
  readonly narrator: Narrator;
  /** The owner of the business that is walked through. */
  readonly client: Client;
}

/** The business that is walked through, and the one that must not see it. */
export const OWN = 'northwind';
export const OTHER = 'aurora';

/** Signs the owner of a business in. @throws StartupError */
export const clientOf = async (demo: DemoFile, slug: string, narrator: Narrator): Promise<Client> =>
  new Client(demo.graphqlUrl, await signIn(demo, slug, 'owner'), narrator);
