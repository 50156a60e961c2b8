import { Global, Module } from '@nestjs/common';
import { Mailer } from './mailer';

/** Outgoing mail. */
@Global()
@Module({ providers: [Mailer], exports: [Mailer] })
export class MailModule {}
