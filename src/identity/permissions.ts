/** Every permission there is, as resource:action. Fields name them with @RequiresScopes; a test holds the two together. */
export const permissions = [
  'tenant:read',
  'users:read',
  'connections:read',
  'connections:create',
  'connections:sync',
  'transactions:read',
  'invoices:read',
  'invoices:import',
  'matches:read',
  'matches:run',
  'matches:approve',
  'matches:reject',
  'operations:read',
] as const;

export type KnownPermission = (typeof permissions)[number];

export const roles = ['OWNER', 'ADMIN', 'ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const;
export type Role = (typeof roles)[number];

const reading: readonly KnownPermission[] = permissions.filter(permission => permission.endsWith(':read'));
const viewing = reading.filter(permission => permission !== 'operations:read');

/**
 * What a role may do; a token carries it as scopes.
 * @requirement SEC-010
 */
export const permissionsOf: Readonly<Record<Role, readonly KnownPermission[]>> = Object.freeze({
  OWNER: permissions,
  ADMIN: permissions,
  ACCOUNTANT: [...viewing, 'connections:sync', 'invoices:import', 'matches:run', 'matches:approve', 'matches:reject'],
  VIEWER: viewing,
  INTEGRATION: [
    'transactions:read',
    'invoices:read',
    'invoices:import',
    'matches:read',
    'matches:run',
    'matches:approve',
    'matches:reject',
  ],
});
