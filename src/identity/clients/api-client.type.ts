import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

import { Authenticated, RequiresScopes } from '../../platform/graphql/authorization';
import { Entity } from '../../platform/graphql/entity';
import { enumOf } from '../../platform/graphql/enum';
import { NodeType } from '../../platform/graphql/node.type';
import { connectionType } from '../../platform/graphql/page.type';
import { authenticationMethods, type ClientAuthenticationMethod } from './api-client.model';
import type { Algorithm } from '../tokens/verification-key';

export const AuthenticationMethodEnum = enumOf(authenticationMethods);
registerEnumType(AuthenticationMethodEnum, {
  name: 'ApiClientAuthenticationMethod',
  description: 'How a client proves who it is at the OAuth endpoints.',
  valuesConfig: {
    CLIENT_SECRET: { description: 'client_secret_basic or client_secret_post (RFC 6749, section 2.3.1).' },
    PRIVATE_KEY_JWT: { description: 'An assertion that its private key signed (RFC 7523).' },
    SELF_SIGNED_TLS_CLIENT_AUTH: { description: 'Its certificate in the TLS handshake (RFC 8705, section 2.2).' },
  },
});

@ObjectType('ApiClientKey', { description: 'A public key that verifies the assertions of a client.', simpleResolvers: true })
@RequiresScopes('api-clients:read')
export class ApiClientKeyType {
  @Field(() => String, { nullable: true, description: 'Key id; null only when the client has no other key.' })
  kid!: string | null;

  @Field(() => String, { description: 'RS256, PS256 or ES256 (RFC 7518).' })
  algorithm!: Algorithm;
}

@ObjectType('ApiClientSecret', { description: 'A secret of a client; the secret itself was shown once.', simpleResolvers: true })
@RequiresScopes('api-clients:read')
export class ApiClientSecretType {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Its last four characters.' })
  hint!: string;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the overlap with the secret after it ends, in UTC; null for the latest one.' })
  expiresAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was taken back, in UTC.' })
  retiredAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When a token was last asked for with it, to the minute, in UTC.' })
  lastUsedAt!: Date | null;
}

@ObjectType('ApiClient', {
  description: 'A machine of a partner. Its id is its client_id in OAuth.',
  implements: NodeType,
  simpleResolvers: true,
})
@Entity()
@RequiresScopes('api-clients:read')
export class ApiClientType extends NodeType {
  @Field(() => ID, { description: 'Also its client_id.' })
  override id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => [String], { description: 'What its tokens may hold at most, as resource:action.' })
  scopes!: readonly string[];

  @Field(() => AuthenticationMethodEnum)
  authenticationMethod!: ClientAuthenticationMethod;

  @Field(() => String, { nullable: true, description: 'Where it publishes its public keys.' })
  jwksUrl!: string | null;

  @Field(() => [String], { description: 'x5t#S256 (RFC 8705, section 3.1) of its certificates.' })
  certificateThumbprints!: readonly string[];

  @Field(() => Int, { description: 'Goes up whenever all its tokens are revoked.' })
  version!: number;

  @Field(() => Date, { description: 'In UTC.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it last got a token, to the minute, in UTC; null before the first.' })
  lastUsedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'In UTC; null while it is in use.' })
  endedAt!: Date | null;
}

export const ApiClientConnectionType = connectionType('ApiClient', () => ApiClientType, 'api-clients:read');

@ObjectType('ApiClientPayload', { simpleResolvers: true })
@Authenticated()
export class ApiClientPayload {
  @Field(() => ApiClientType, { nullable: true })
  apiClient!: ApiClientType | null;
}

@ObjectType('ApiClientWithSecretPayload', { simpleResolvers: true })
@Authenticated()
export class ApiClientWithSecretPayload {
  @Field(() => ApiClientType, { nullable: true })
  apiClient!: ApiClientType | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its client_secret. It is shown now and never again; null for a client that proves itself by key or certificate.',
  })
  clientSecret!: string | null;
}
