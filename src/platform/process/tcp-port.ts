import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { StartupError, systemCode } from './startup-error';

/**
 * Below the ports that systems hand to outgoing connections (32768 and up on Linux, 49152 on macOS): a port that is
 * remembered over a restart must not be taken by somebody's connection in between.
 */
const LOWEST = 20_000;
const HIGHEST = 30_000;
const ATTEMPTS = 100;

/** Why nobody can listen there now: `taken`, `forbidden` (a privileged port) or undefined when it is free. */
export function portObstacle(host: string, port: number): Promise<'taken' | 'forbidden' | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error => {
      const code = systemCode(error);
      if (code === 'EADDRINUSE') resolve('taken');
      else if (code === 'EACCES') resolve('forbidden');
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () =>
      server.close(() => {
        resolve(undefined);
      }),
    );
  });
}

/** A random port on which nobody listens. @throws StartupError when a hundred in a row are taken. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if ((await portObstacle(host, port)) === undefined) return port;
  }
  throw new StartupError(`No free port on ${host}: ${ATTEMPTS} ports between ${LOWEST} and ${HIGHEST} are all taken`);
}
