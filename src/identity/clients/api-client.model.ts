import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';
import type { ClientKeySet } from './client-keys';
import type { MachinePermission } from './machine-permissions';

/**
 * How a client proves who it is: a shared secret (RFC 6749, section 2.3.1), a signed assertion (RFC 7523), or a certificate in the TLS
 * handshake that is registered itself (RFC 8705, section 2.2).
 */
export const authenticationMethods = ['CLIENT_SECRET', 'PRIVATE_KEY_JWT', 'SELF_SIGNED_TLS_CLIENT_AUTH'] as const;

export type ClientAuthenticationMethod = (typeof authenticationMethods)[number];

/** A machine of a partner that acts for a tenant with scopes of its own. */
@Table({ tableName: 'api_clients', underscored: true })
export class ApiClient extends TenantRow<InferAttributes<ApiClient>, InferCreationAttributes<ApiClient>> {
  @Column({ type: DataType.TEXT, allowNull: false })
  declare name: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare description: string;

  @Column({ type: DataType.ARRAY(DataType.TEXT), allowNull: false })
  declare scopes: readonly MachinePermission[];

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly authenticationMethod: ClientAuthenticationMethod;

  /** Public keys of its assertions. */
  @Column({ type: DataType.JSONB })
  declare jwks: CreationOptional<ClientKeySet | null>;

  /** Where its public keys are, instead. */
  @Column({ type: DataType.TEXT })
  declare jwksUrl: CreationOptional<string | null>;

  /** x5t#S256 (RFC 8705, section 3.1); two while a certificate is renewed. */
  @Column({ type: DataType.ARRAY(DataType.TEXT), allowNull: false })
  declare certificateThumbprints: CreationOptional<readonly string[]>;

  /** Goes up when the tokens that were issued before are to die. */
  @Column({ type: DataType.INTEGER, allowNull: false, defaultValue: 1 })
  declare version: CreationOptional<number>;

  @Column({ type: DataType.UUID })
  declare readonly createdBy: string | null;

  /** Of its last token, to the minute, in UTC. */
  @Column({ type: DataType.DATE })
  declare lastUsedAt: CreationOptional<Date | null>;

  @Column({ type: DataType.DATE })
  declare endedAt: CreationOptional<Date | null>;
}
