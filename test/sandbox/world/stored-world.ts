import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { StartupError } from '../../../src/platform/process/startup-error';
import { StateFile } from '../support/state-file';
import { buildWorld } from './build-world';
import type { Business, World } from './world';

/** Always the same people and payments; only the dates and the credentials differ from one state folder to the next. */
const SEED = 2_310;

/**
 * The world of a state folder, as `world.json` there keeps it: invented with random credentials when the folder is used first, and the same
 * ever after, dates included. The file is for its owner's eyes only.
 * @throws StartupError when the file holds something else.
 */
export function storedWorld(folder: string, today: string): World {
  const path = join(folder, 'world.json');
  if (existsSync(path)) return read(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const world = withCredentials(buildWorld({ seed: SEED, today }));
  new StateFile(path, worldSchema).write(world);
  return world;
}

/** Only enough to recognise a world: nobody but this file writes it. */
const worldSchema = z.custom<World>(value => Recognised.safeParse(value).success);
const Recognised = z.object({
  businesses: z.array(
    z.object({ slug: z.string(), accounts: z.array(z.unknown()), whmcs: z.object({ secret: z.string() }), truth: z.array(z.unknown()) }),
  ),
});

function read(path: string): World {
  try {
    return worldSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new StartupError(`${path} does not hold a sandbox world: delete its folder to begin anew`, { cause: error });
  }
}

const withCredentials = ({ businesses }: World): World => ({ businesses: businesses.map(withRandomCredentials) });

/** Both 32 characters, as WHMCS makes them. */
const withRandomCredentials = (business: Business): Business => ({
  ...business,
  whmcs: { ...business.whmcs, identifier: randomBytes(16).toString('hex'), secret: randomBytes(16).toString('hex') },
});
