import { globalIds } from '../platform/graphql/global-id';

export const tenantIds = globalIds('Tenant', 'ten');
export const userIds = globalIds('User', 'usr');
