import { globalIds } from '../platform/graphql/global-id';

export const tenantIds = globalIds('Tenant', 'ten');
export const userIds = globalIds('User', 'usr');
/** Also the client_id of OAuth. */
export const apiClientIds = globalIds('ApiClient', 'cli');
export const apiClientSecretIds = globalIds('ApiClientSecret', 'cls');
export const customRoleIds = globalIds('CustomRole', 'rol');
export const invitationIds = globalIds('Invitation', 'ivt');
export const passkeyIds = globalIds('Passkey', 'psk');
export const sessionIds = globalIds('Session', 'ses');
