import { Field, ID, InputType, Int } from 'type-graphql';

import { AuthenticationMethodEnum } from './api-client.type';
import type { ClientAuthenticationMethod } from './api-client.model';

const JWKS = 'PRIVATE_KEY_JWT: its public keys, a JWK set (RFC 7517) as JSON; RS256, PS256 or ES256, at most three.';
const JWKS_URL = 'PRIVATE_KEY_JWT: or the https URL where it publishes them.';
const THUMBPRINTS = 'SELF_SIGNED_TLS_CLIENT_AUTH: x5t#S256 (RFC 8705) of its certificate, of two while it is renewed.';

@InputType('CreateApiClientInput')
export class CreateApiClientInput {
  @Field(() => String, { description: '1 to 100 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 500 characters.' })
  description?: string;

  @Field(() => [String], {
    description: 'As resource:action; nothing that you do not hold yourself, and nothing but what machines may hold.',
  })
  scopes!: string[];

  @Field(() => AuthenticationMethodEnum, { defaultValue: 'CLIENT_SECRET' })
  authenticationMethod!: ClientAuthenticationMethod;

  @Field(() => String, { nullable: true, description: JWKS })
  jwks?: string;

  @Field(() => String, { nullable: true, description: JWKS_URL })
  jwksUrl?: string;

  @Field(() => [String], { nullable: true, description: THUMBPRINTS })
  certificateThumbprints?: string[];
}

@InputType('UpdateApiClientInput', { description: 'What is left out stays as it is.' })
export class UpdateApiClientInput {
  @Field(() => ID)
  clientId!: string;

  @Field(() => String, { nullable: true, description: '1 to 100 characters.' })
  name?: string;

  @Field(() => String, { nullable: true, description: 'At most 500 characters.' })
  description?: string;

  @Field(() => [String], { nullable: true, description: 'All that it is to have from now on. Tokens with the former scopes die at once.' })
  scopes?: string[];

  @Field(() => String, { nullable: true, description: `${JWKS} Replaces jwksUrl.` })
  jwks?: string;

  @Field(() => String, { nullable: true, description: `${JWKS_URL} Replaces jwks.` })
  jwksUrl?: string;

  @Field(() => [String], { nullable: true, description: `${THUMBPRINTS} Tokens die at once when one is taken away.` })
  certificateThumbprints?: string[];
}

@InputType('RotateApiClientSecretInput')
export class RotateApiClientSecretInput {
  @Field(() => ID)
  clientId!: string;

  @Field(() => Int, { defaultValue: 24, description: 'How long the former secret stays valid, 0 to 168 hours.' })
  overlapHours!: number;
}

@InputType('RevokeApiClientSecretInput')
export class RevokeApiClientSecretInput {
  @Field(() => ID)
  clientId!: string;

  @Field(() => ID)
  secretId!: string;
}

@InputType('EndApiClientInput')
export class EndApiClientInput {
  @Field(() => ID)
  clientId!: string;
}
