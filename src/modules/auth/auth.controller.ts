import { Body, Controller, Get, Header, Post } from '@nestjs/common';
import type { Caller } from '../../common/caller';
import { CurrentCaller, Endpoint, Tag } from '../../platform/http';
import { UsersService } from '../users';
import { presentMe, presentSignedIn, presentTokens } from './auth.presenter';
import { AuthService } from './auth.service';
import { LoginDto } from './dto/login.dto';
import { MeDto } from './dto/me.dto';
import { RefreshDto } from './dto/refresh.dto';
import { RegisterDto } from './dto/register.dto';
import { SignedInDto, TokensDto } from './dto/tokens.dto';
import { type Client, CurrentClient } from './sessions/client.decorator';
import { SessionsService } from './sessions/sessions.service';

@Tag('auth', 'Signing in and out')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  @Post('register')
  @Header('cache-control', 'no-store')
  @Endpoint({
    summary: 'Sign up',
    description: 'Makes an account and signs in to it. A welcome mail follows.',
    access: 'public',
    credentials: true,
    status: 201,
    returns: SignedInDto,
    errors: ['EMAIL_TAKEN'],
  })
  async register(@Body() body: RegisterDto, @CurrentClient() client: Client): Promise<SignedInDto> {
    return presentSignedIn(await this.auth.register(body, client));
  }

  @Post('login')
  @Header('cache-control', 'no-store')
  @Endpoint({
    summary: 'Sign in',
    access: 'public',
    credentials: true,
    returns: SignedInDto,
    errors: ['INVALID_CREDENTIALS'],
  })
  async login(@Body() body: LoginDto, @CurrentClient() client: Client): Promise<SignedInDto> {
    return presentSignedIn(await this.auth.login(body, client));
  }

  @Post('refresh')
  @Header('cache-control', 'no-store')
  @Endpoint({
    summary: 'Get a new pair of tokens',
    description:
      'Spends the refresh token. Within 10 seconds of its first use it still gets a pair of the same session, for ' +
      'races and lost answers. Later that is theft: the session is revoked with all of its tokens.',
    access: 'public',
    credentials: true,
    returns: TokensDto,
    errors: ['TOKEN_REUSED'],
  })
  async refresh(@Body() { refreshToken }: RefreshDto, @CurrentClient() client: Client): Promise<TokensDto> {
    return presentTokens(await this.sessions.refresh(refreshToken, client));
  }

  @Post('logout')
  @Endpoint({ summary: 'Sign out', description: 'Revokes the session that asks.', access: 'signed-in' })
  logout(@CurrentCaller() { sessionId, userId }: Caller): Promise<void> {
    return this.auth.logout(sessionId, userId);
  }

  @Get('me')
  @Endpoint({ summary: 'Read who you are and what you may do', access: 'signed-in', returns: MeDto })
  async me(@CurrentCaller() caller: Caller): Promise<MeDto> {
    return presentMe(await this.users.get(caller.userId), caller);
  }
}
