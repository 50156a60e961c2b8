import type { Caller } from '../../common/caller';
import { presentUser, User } from '../users';
import { MeDto } from './dto/me.dto';
import { SessionDto } from './dto/session.dto';
import { SignedInDto, TokensDto } from './dto/tokens.dto';
import { describeDevice } from './sessions/device';
import { Session } from './sessions/session.entity';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

export function presentTokens({ accessToken, refreshToken, expiresIn }: TokenPair): TokensDto {
  return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn };
}

export function presentSignedIn({ user, tokens }: { user: User; tokens: TokenPair }): SignedInDto {
  return { user: presentUser(user), ...presentTokens(tokens) };
}

export function presentMe(user: User, { role, permissions }: Caller): MeDto {
  return { ...presentUser(user), roles: [role], permissions: [...permissions].sort() };
}

export function presentSession(session: Session, current: string): SessionDto {
  return {
    id: session.id,
    device: describeDevice(session.userAgent),
    address: session.ip,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    current: session.id === current,
  };
}
