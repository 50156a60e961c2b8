import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import type { Page } from '../../common/paging';
import { Located } from '../../common/results';
import { Endpoint, UuidParam, Tag } from '../../platform/http';
import { CreateUserDto } from './dto/create-user.dto';
import { ListUsersQueryDto } from './dto/list-users.query.dto';
import { UpdateUserDto } from './dto/update-user.dto';
import { UserDto } from './dto/user.dto';
import { presentUser } from './user.presenter';
import { usersPermissions } from './users.permissions';
import { UsersService } from './users.service';

@Tag('users', 'Accounts')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Endpoint({ summary: 'List accounts', access: usersPermissions.read, returnsPage: UserDto })
  async list(@Query() query: ListUsersQueryDto): Promise<Page<UserDto>> {
    return (await this.users.list(query)).map(presentUser);
  }

  @Post()
  @Endpoint({
    summary: 'Make an account',
    description: 'Without a password nobody can sign in to it until one is set.',
    access: usersPermissions.write,
    status: 201,
    returns: UserDto,
    errors: ['EMAIL_TAKEN'],
  })
  async create(@Body() body: CreateUserDto): Promise<Located<UserDto>> {
    const user = await this.users.create(body);
    return new Located(presentUser(user), `/users/${user.id}`);
  }

  @Get(':id')
  @Endpoint({ summary: 'Read an account', access: usersPermissions.read, returns: UserDto, errors: ['NOT_FOUND'] })
  async get(@UuidParam() id: string): Promise<UserDto> {
    return presentUser(await this.users.get(id));
  }

  @Patch(':id')
  @Endpoint({
    summary: 'Change an account',
    description: 'A change of role counts from the next request on. The last admin stays one: 409 `CONFLICT`.',
    access: usersPermissions.write,
    returns: UserDto,
    errors: ['NOT_FOUND', 'EMAIL_TAKEN', 'CONFLICT'],
  })
  async update(@UuidParam() id: string, @Body() body: UpdateUserDto): Promise<UserDto> {
    return presentUser(await this.users.update(id, body));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Delete an account',
    description: 'Ends all of its sessions at once. It can be restored. The last admin stays: 409 `CONFLICT`.',
    access: usersPermissions.write,
    errors: ['NOT_FOUND', 'CONFLICT'],
  })
  delete(@UuidParam() id: string): Promise<void> {
    return this.users.delete(id);
  }

  @Post(':id/restore')
  @Endpoint({
    summary: 'Restore a deleted account',
    description: 'The person signs in anew. An account that its owner deleted is gone for good.',
    access: usersPermissions.write,
    returns: UserDto,
    errors: ['NOT_FOUND', 'EMAIL_TAKEN'],
  })
  async restore(@UuidParam() id: string): Promise<UserDto> {
    return presentUser(await this.users.restore(id));
  }
}
