import { AppConfig } from '../../../platform/config';
import { HttpConfig } from '../../../platform/http';
import { html, Mailer, mailLayout } from '../../../platform/mail';
import { type EventEnvelope, type EventHandler, OnEvent } from '../../../platform/outbox';
import type { JobContext } from '../../../platform/queue';
import { userRegistered, UsersService } from '../../users';
import { authMailQueue } from './mail.queue';

/** Greets whoever has signed up. */
@OnEvent(userRegistered, { consumer: 'auth.welcome-mail', queue: authMailQueue })
export class WelcomeMailHandler implements EventHandler<typeof userRegistered> {
  constructor(
    private readonly users: UsersService,
    private readonly mailer: Mailer,
    private readonly app: AppConfig,
    private readonly http: HttpConfig,
  ) {}

  async handle({ payload }: EventEnvelope<{ userId: string }>, { jobId }: JobContext): Promise<void> {
    const user = await this.users.find(payload.userId);
    if (!user) return;

    const { name: service } = this.app;
    const { publicUrl } = this.http;
    await this.mailer.send(
      {
        to: { name: user.name, address: user.email },
        subject: `Welcome to ${service}`,
        text: `Hello ${user.name},\n\nyour account at ${service} is ready. You sign in with this address:\n${user.email}\n\n${publicUrl}\n`,
        html: mailLayout({
          title: `Welcome to ${service}`,
          body: html`<p>Hello ${user.name},</p>
            <p>your account is ready. You sign in with this address: <strong>${user.email}</strong></p>
            <p><a href="${publicUrl}">${publicUrl}</a></p>`,
          footer: `You get this mail because somebody signed up at ${service} with this address.`,
        }),
      },
      { jobId },
    );
  }
}
