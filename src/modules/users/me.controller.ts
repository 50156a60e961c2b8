import { Body, Controller, Delete, Get, Patch } from '@nestjs/common';
import type { Caller } from '../../common/caller';
import { CurrentCaller, Endpoint, Tag } from '../../platform/http';
import { UpdateMeDto } from './dto/update-me.dto';
import { UserDto } from './dto/user.dto';
import { presentUser } from './user.presenter';
import { UsersService } from './users.service';

/** One's own account. */
@Tag('users')
@Controller('users/me')
export class MeController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Endpoint({ summary: 'Read your account', access: 'signed-in', returns: UserDto })
  async get(@CurrentCaller() { userId }: Caller): Promise<UserDto> {
    return presentUser(await this.users.get(userId));
  }

  @Patch()
  @Endpoint({ summary: 'Change your account', access: 'signed-in', returns: UserDto, errors: ['EMAIL_TAKEN'] })
  async update(@CurrentCaller() { userId }: Caller, @Body() body: UpdateMeDto): Promise<UserDto> {
    return presentUser(await this.users.update(userId, body));
  }

  @Delete()
  @Endpoint({
    summary: 'Delete your account for good',
    description:
      'Removes everything that tells who you were and ends all of your sessions. Your posts stay, under the name ' +
      '"Deleted user". The last admin stays: 409 `CONFLICT`.',
    access: 'signed-in',
    errors: ['CONFLICT'],
  })
  erase(@CurrentCaller() { userId }: Caller): Promise<void> {
    return this.users.erase(userId);
  }
}
