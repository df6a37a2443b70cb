/**
 * Every permission there is, as resource:action, with what it allows. Fields name them with @RequiresScopes; a test holds the two together.
 * @requirement SEC-010
 */
export const permissionTable = {
  'tenant:read': 'See the tenant, its settings, plan and usage.',
  'tenant:update': 'Change the settings of the tenant.',
  'users:read': 'See the users and invitations.',
  'users:invite': 'Invite users and take invitations back.',
  'users:update': 'Change the role of users, disable and enable them.',
  'roles:read': 'See the roles and what they permit.',
  'roles:create': 'Make custom roles.',
  'roles:update': 'Change custom roles.',
  'roles:delete': 'Delete custom roles.',
  'sessions:delete': 'End the sessions of other users.',
  'api-clients:read': 'See the API clients.',
  'api-clients:create': 'Make API clients.',
  'api-clients:update': 'Change API clients and rotate their secrets.',
  'api-clients:delete': 'End API clients.',
  'audit:read': 'Read the audit trail.',
  'connections:read': 'See the bank connections and their accounts.',
  'connections:create': 'Connect banks.',
  'connections:sync': 'Fetch transactions.',
  'transactions:read': 'See the transactions.',
  'invoices:read': 'See the invoices and customers.',
  'invoices:import': 'Import invoices from the billing system.',
  'matches:read': 'See the matches.',
  'matches:run': 'Run the matching.',
  'matches:approve': 'Approve matches: money is booked.',
  'matches:reject': 'Reject matches.',
  'operations:read': 'See the state of the services.',
} as const;

/** What concerns all tenants; only the platform's own roles hold it. */
export const platformPermissionTable = {
  'tenants:read': 'See every tenant, its plan and usage.',
  'tenants:create': 'Make tenants.',
  'tenants:update': 'Change the plan of tenants.',
  'tenants:suspend': 'Suspend and resume tenants.',
  'tenants:close': 'Close tenants for good.',
  'tenants:audit': 'Read the audit trail of every tenant.',
} as const;

export type TenantPermission = keyof typeof permissionTable;
export type PlatformPermission = keyof typeof platformPermissionTable;
export type KnownPermission = TenantPermission | PlatformPermission;

const all = Object.keys(permissionTable) as readonly TenantPermission[];
export const permissions: readonly KnownPermission[] = [...all, ...(Object.keys(platformPermissionTable) as PlatformPermission[])];

/** The built-in roles of a tenant. */
export const roles = ['OWNER', 'ADMIN', 'ACCOUNTANT', 'VIEWER', 'INTEGRATION'] as const;
/** The roles of the platform itself, outside any tenant. */
export const platformRoles = ['PLATFORM_OPERATOR', 'PLATFORM_AUDITOR'] as const;

export type Role = (typeof roles)[number];
export type PlatformRole = (typeof platformRoles)[number];
export type BuiltInRole = Role | PlatformRole;

/** What a user's role can be: built in, or CUSTOM for one that the tenant made. */
export const userRoles = [...roles, 'CUSTOM', ...platformRoles] as const;
export type UserRole = (typeof userRoles)[number];

/** Whether a role of a tenant can hold it: what is unknown, or the platform's, none can. */
export const isTenantPermission = (name: string): name is TenantPermission => Object.hasOwn(permissionTable, name);

const viewing = all.filter(permission => /^(tenant|users|connections|transactions|invoices|matches):read$/.test(permission));

/** What a built-in role may do; a token carries it as scopes. */
export const permissionsOf: Readonly<Record<BuiltInRole, readonly KnownPermission[]>> = Object.freeze({
  OWNER: all,
  ADMIN: all,
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
  PLATFORM_OPERATOR: [
    'tenant:read', 'tenant:update', 'users:read', 'users:invite', 'users:update', 'sessions:delete', 'audit:read', 'operations:read',
    'tenants:read', 'tenants:create', 'tenants:update', 'tenants:suspend', 'tenants:close',
  ], // prettier-ignore
  PLATFORM_AUDITOR: ['tenant:read', 'users:read', 'audit:read', 'operations:read', 'tenants:read', 'tenants:audit'],
});
