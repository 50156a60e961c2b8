import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminBootstrap } from './admin-bootstrap';
import { MeController } from './me.controller';
import { UserChanges } from './user-changes';
import { UserDirectory } from './user-directory';
import { User } from './user.entity';
import { UsersController } from './users.controller';
import { UsersRepository } from './users.repository';
import { UsersService } from './users.service';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  // `/users/me` first: it must win over `/users/:id`.
  controllers: [MeController, UsersController],
  providers: [UsersService, UsersRepository, UserChanges, UserDirectory, AdminBootstrap],
  exports: [UsersService, UserChanges, UserDirectory, AdminBootstrap],
})
export class UsersModule {}
