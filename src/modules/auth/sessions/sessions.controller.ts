import { Controller, Delete, Get } from '@nestjs/common';
import type { Caller } from '../../../common/caller';
import { CurrentCaller, Endpoint, UuidParam, Tag } from '../../../platform/http';
import { presentSession } from '../auth.presenter';
import { SessionDto } from '../dto/session.dto';
import { SessionsService } from './sessions.service';

@Tag('auth')
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Endpoint({ summary: 'List where you are signed in', access: 'signed-in', returnsAll: SessionDto })
  async list(@CurrentCaller() { userId, sessionId }: Caller): Promise<SessionDto[]> {
    return (await this.sessions.list(userId)).map((session) => presentSession(session, sessionId));
  }

  @Delete(':id')
  @Endpoint({ summary: 'Sign a device of yours out', access: 'signed-in', errors: ['NOT_FOUND'] })
  revoke(@UuidParam() id: string, @CurrentCaller() { userId }: Caller): Promise<void> {
    return this.sessions.revoke(id, userId);
  }
}
