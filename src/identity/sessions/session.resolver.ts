import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Scope } from '../../platform/database/scope';
import { Authenticated, Public, RequiresScopes } from '../../platform/graphql/authorization';
import { sessionIds } from '../ids';
import type { UserRecord } from '../users/user.loader';
import { UserType } from '../users/user.type';
import type { OwnSessions } from './own-sessions';
import type { SessionRecord } from './session.loader';
import { type SessionTokens, SessionTokensType } from './session-tokens.type';
import { EndSessionInput, RefreshSessionInput, SessionType } from './session.type';
import type { Sessions } from './sessions';

@Resolver(() => SessionType)
export class SessionResolver {
  constructor(
    private readonly sessions: Sessions,
    private readonly own: OwnSessions,
  ) {}

  @Query(() => [SessionType], {
    name: 'sessions',
    nullable: true,
    description: 'Your sessions that are alive, newest first, at most a hundred. A machine has none.',
  })
  @Authenticated()
  list(@Ctx() scope: Scope): Promise<readonly SessionRecord[]> {
    return this.own.active(scope);
  }

  @Mutation(() => SessionTokensType, {
    description:
      'Exchanges a refresh token for the next one and a new access token. Send no Authorization header with it, but the proof that came ' +
      'with the sign-in. Each token is good once; within ten seconds the same request gets the same refresh token again. Any other use ' +
      'of a used token ends the session.',
  })
  @Public()
  refreshSession(
    @Arg('input', () => RefreshSessionInput) { refreshToken }: RefreshSessionInput,
    @Ctx() { caller, requestId }: Scope,
  ): Promise<SessionTokens> {
    return this.sessions.refresh({ token: refreshToken, clientId: null }, caller, requestId);
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Ends your session, with all its tokens. False when the access token belongs to none.',
  })
  @Authenticated()
  signOut(@Ctx() scope: Scope): Promise<boolean> {
    return this.own.signOut(scope);
  }

  @Mutation(() => Int, { nullable: true, description: 'Ends all your sessions, also this one. Returns how many there were.' })
  @Authenticated()
  signOutEverywhere(@Ctx() scope: Scope): Promise<number> {
    return this.own.signOutEverywhere(scope);
  }

  @Mutation(() => SessionType, {
    nullable: true,
    description: 'Ends a session of yours; with the scope sessions:delete one of a user who holds no more than you.',
  })
  @Authenticated()
  endSession(@Arg('input', () => EndSessionInput) { sessionId }: EndSessionInput, @Ctx() scope: Scope): Promise<SessionRecord> {
    return this.own.end(scope, sessionIds.decode(sessionId, 'input.sessionId'));
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the session that asks.' })
  current(@Root() { id }: SessionRecord, @Ctx() { actor }: Scope): boolean {
    return id === actor.sessionId;
  }
}

@Resolver(() => UserType)
export class UserSessionsResolver {
  constructor(private readonly own: OwnSessions) {}

  @FieldResolver(() => [SessionType], {
    nullable: true,
    description: 'The sessions of the user that are alive, newest first, at most a hundred.',
  })
  @RequiresScopes('sessions:delete')
  sessions(@Root() { id }: UserRecord, @Ctx() scope: Scope): Promise<readonly SessionRecord[]> {
    return this.own.activeOf(scope, id);
  }
}
