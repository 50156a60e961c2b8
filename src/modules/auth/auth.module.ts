import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users';
import { AccessTokenStrategy } from './access-token.strategy';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { CleanupSessionsHandler } from './jobs/cleanup-sessions.job';
import { EndSessionsHandler } from './jobs/end-sessions.job';
import { WelcomeMailHandler } from './jobs/welcome-mail.job';
import { Callers } from './sessions/callers';
import { RefreshToken } from './sessions/refresh-token.entity';
import { Session } from './sessions/session.entity';
import { SessionsController } from './sessions/sessions.controller';
import { SessionsRepository } from './sessions/sessions.repository';
import { SessionsService } from './sessions/sessions.service';
import { AccessTokens } from './tokens/access-tokens';
import { JwksController } from './tokens/jwks.controller';

/** What JwtAuthGuard needs is exported, because app.module.ts makes the guard. */
@Module({
  imports: [UsersModule, TypeOrmModule.forFeature([Session, RefreshToken])],
  controllers: [AuthController, SessionsController, JwksController],
  providers: [
    AuthService,
    SessionsService,
    SessionsRepository,
    Callers,
    AccessTokens,
    AccessTokenStrategy,
    WelcomeMailHandler,
    EndSessionsHandler,
    CleanupSessionsHandler,
  ],
  exports: [AccessTokenStrategy, AccessTokens, Callers],
})
export class AuthModule {}
