import type { FastifyInstance } from 'fastify';

import { asStartupError } from '../process/startup-error';
import type { Service } from '../services/service';

/** How long requests under way may take to finish. */
const DRAIN_MS = 5_000;

/** Listens while it runs; on stop it lets requests under way finish. */
export class HttpListener implements Service {
  readonly name = 'http';

  constructor(
    private readonly server: FastifyInstance,
    private readonly address: { readonly host: string; readonly port: number },
    readonly dependsOn: readonly string[],
  ) {}

  /** @throws StartupError for a port that is taken. */
  async start(): Promise<void> {
    try {
      await this.server.listen({ ...this.address });
    } catch (error) {
      throw asStartupError(error, `listen on ${this.address.host}:${this.address.port} (PAYYMO_PORT)`);
    }
  }

  async stop(): Promise<void> {
    // A client that does not read its answer must not keep us.
    const deadline = setTimeout(() => {
      this.server.server.closeAllConnections();
    }, DRAIN_MS);
    await this.server.close();
    clearTimeout(deadline);
  }

  /** The port that was taken, for a configured port of 0. */
  get port(): number {
    const address = this.server.server.address();
    return typeof address === 'object' && address ? address.port : this.address.port;
  }
}
