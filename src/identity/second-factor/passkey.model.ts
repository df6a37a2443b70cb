import type { CreationOptional, InferAttributes, InferCreationAttributes } from 'sequelize';
import { Column, DataType, Table } from 'sequelize-typescript';

import { TenantRow } from '../../platform/database/tenant-row.model';

/** A user's WebAuthn credential. Nothing of its attestation is kept: it would tell one device of a person from all others. */
@Table({ tableName: 'passkeys', underscored: true })
export class Passkey extends TenantRow<InferAttributes<Passkey>, InferCreationAttributes<Passkey>> {
  @Column({ type: DataType.UUID, allowNull: false })
  declare readonly userId: string;

  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly name: string;

  /** Base64url. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly credentialId: string;

  /** COSE_Key (RFC 9052, section 7) in base64url. */
  @Column({ type: DataType.TEXT, allowNull: false })
  declare readonly publicKey: string;

  /** How a browser may reach the authenticator: usb, nfc, ble, hybrid, internal. */
  @Column({ type: DataType.ARRAY(DataType.TEXT), allowNull: false })
  declare readonly transports: readonly string[];

  /** How often it has signed, as it says; 0 for those that do not count. A string because bigint does not fit a JavaScript number. */
  @Column({ type: DataType.BIGINT, allowNull: false })
  declare readonly counter: string;

  @Column({ type: DataType.DATE })
  declare lastUsedAt: CreationOptional<Date | null>;
}
