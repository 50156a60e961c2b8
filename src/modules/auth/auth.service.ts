import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';
import { PasswordHasher } from '../../platform/security';
import { User, UsersService } from '../users';
import { AuthConfig } from './auth.config';
import { InvalidCredentialsError, SessionNotFoundError } from './auth.errors';
import type { TokenPair } from './auth.presenter';
import { LoginDto } from './dto/login.dto';
import { RegisterDto } from './dto/register.dto';
import type { Client } from './sessions/client.decorator';
import { SessionsService } from './sessions/sessions.service';

export interface SignedIn {
  user: User;
  tokens: TokenPair;
}

/** Signing up, in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly config: AuthConfig,
  ) {}

  /**
   * Makes an account and signs in to it. The welcome mail is a job.
   *
   * @throws EmailTakenError
   */
  async register({ email, name, password }: RegisterDto, client: Client): Promise<SignedIn> {
    // Before the transaction: a connection must not wait for the hash.
    const passwordHash = await this.hasher.hash(password);
    const [user, session] = await this.database.transaction(async () => {
      const registered = await this.users.register({ email, name, role: this.config.defaultRole, passwordHash });
      return [registered, await this.sessions.open(registered.id, client)] as const;
    });
    return { user, tokens: await this.sessions.pairFor(user.id, session) };
  }

  /** @throws InvalidCredentialsError in the same words and after the same time for an unknown email. */
  async login({ email, password }: LoginDto, client: Client): Promise<SignedIn> {
    const user = await this.users.checkPassword(email, password);
    if (!user) throw new InvalidCredentialsError();
    return { user, tokens: await this.sessions.pairFor(user.id, await this.sessions.open(user.id, client)) };
  }

  /** Ends a session. One that has ended at this moment is as good. */
  async logout(sessionId: string, userId: string): Promise<void> {
    try {
      await this.sessions.revoke(sessionId, userId);
    } catch (error) {
      if (!(error instanceof SessionNotFoundError)) throw error;
    }
  }
}
