import { isMachinePermission, isReading, machinePermissions } from '../../../src/identity/clients/machine-permissions';
import { permissions, permissionsOf } from '../../../src/identity/roles/permissions';

describe('what machines may hold', () => {
  it('is a part of what an owner holds [SEC-010]', () => {
    expect(machinePermissions.filter(permission => !permissionsOf.OWNER.includes(permission))).toEqual([]);
  });

  it('contains all that the role for machines holds [API-007]', () => {
    expect(permissionsOf.INTEGRATION.filter(permission => !isMachinePermission(permission))).toEqual([]);
  });

  it('opens no door to people, roles, clients, the audit trail, settings or other tenants [SEC-010]', () => {
    const doors = permissions.filter(permission => /^(users|roles|api-clients|sessions|audit|tenants|operations):/.test(permission));

    expect(doors.length).toBeGreaterThan(15);
    for (const door of [...doors, 'tenant:update', 'connections:create']) expect([door, isMachinePermission(door)]).toEqual([door, false]);
  });

  it('tells what reads from what changes [SEC-010]', () => {
    expect(machinePermissions.filter(isReading)).toEqual([
      'tenant:read',
      'connections:read',
      'transactions:read',
      'invoices:read',
      'matches:read',
    ]);
  });
});
