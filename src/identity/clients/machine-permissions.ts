import type { TenantPermission } from '../roles/permissions';

/**
 * What a machine may be given: to read what the money workflow shows, and to run it. Never people, roles, clients, the audit trail or
 * settings: who steals a partner's secret must not be able to open another door with it. A permission that is made later is not in
 * here until somebody puts it in.
 * @requirement API-007, SEC-010
 */
export const machinePermissions = [
  'tenant:read',
  'connections:read',
  'connections:sync',
  'transactions:read',
  'invoices:read',
  'invoices:import',
  'matches:read',
  'matches:run',
  'matches:approve',
  'matches:reject',
] as const satisfies readonly TenantPermission[];

export type MachinePermission = (typeof machinePermissions)[number];

const known: ReadonlySet<string> = new Set(machinePermissions);

export const isMachinePermission = (scope: string): scope is MachinePermission => known.has(scope);

/** Whether a machine that holds it changes nothing. */
export const isReading = (scope: string): boolean => scope.endsWith(':read');
