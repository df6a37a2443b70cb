import type { ServiceReport } from '../services/service';
import type { Routes } from './server';

/**
 * Liveness never touches anything; readiness asks every service.
 * @requirement OBS-005
 */
export const healthRoutes =
  (report: () => Promise<ServiceReport[]>): Routes =>
  server => {
    server.get('/health/live', () => ({ status: 'ok' }));
    server.get('/health/ready', async (_request, reply) => {
      const services = await report();
      const ready = services.every(({ healthy }) => healthy);
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ok' : 'unavailable',
        services: services.map(({ name, healthy }) => ({ name, healthy })),
      });
    });
  };
