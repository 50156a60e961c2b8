import { Injectable } from '@nestjs/common';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { AppConfig } from '../config';
import { UnrecoverableJobError } from '../queue';
import { EmlFolder } from './eml-folder';
import { MailConfig } from './mail.config';

export interface Recipient {
  name?: string;
  address: string;
}

export interface Mail {
  to: Recipient;
  subject: string;
  text: string;
  html?: string;
}

// RFC 5321 §4.5.3.1 limits the length; of RFC 5322's address forms only those are taken that people have.
const ADDRESS = /^[^\s<>@"(),:;[\]\\]{1,64}@[^\s<>@"(),:;[\]\\]{1,255}$/u;
// C0, DEL, C1 and the Unicode line separators.
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** Sends mails: through `SMTP_URL`, or into files where it is unset. Only job handlers use it. */
@Injectable()
export class Mailer {
  private readonly files: EmlFolder;
  private readonly smtp?: ReturnType<typeof createTransport>;

  constructor(
    app: AppConfig,
    private readonly config: MailConfig,
  ) {
    this.files = new EmlFolder(app.dataDir);
    if (!config.smtpUrl) return;
    this.smtp = createTransport({
      url: config.smtpUrl,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      dnsTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /**
   * Sends one mail. The job's id becomes the Message-ID, so that a mail which a repeated job sends again is recognised
   * by mail programs and lands in the same file.
   *
   * @throws UnrecoverableJobError when the address is not valid or the server refuses it for good; any other Error may
   *   pass with the next attempt.
   */
  async send(mail: Mail, { jobId }: { jobId: string }): Promise<void> {
    const message = this.compose(mail, jobId);
    if (!this.smtp) return this.files.write(message, jobId);
    try {
      await this.smtp.sendMail(message);
    } catch (error) {
      throw isRefusedForGood(error)
        ? new UnrecoverableJobError(`The mail server refuses the mail: ${error.response}`, { cause: error })
        : error;
    }
  }

  private compose({ to, subject, text, html }: Mail, jobId: string): SendMailOptions {
    if (!ADDRESS.test(to.address)) throw new UnrecoverableJobError('The address of the recipient is not valid.');
    const domain = /@([^\s>]+)>?$/.exec(this.config.from)?.[1] ?? 'localhost';
    return {
      from: this.config.from,
      // A line break in a name or subject would start a header of its own.
      to: { name: (to.name ?? '').replace(CONTROL, ' ').trim(), address: to.address },
      subject: subject.replace(CONTROL, ' ').trim(),
      text,
      html,
      messageId: `<${jobId}@${domain}>`,
      // RFC 3834: no holiday note comes back.
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
  }
}

/** A permanent refusal (5xx) of sender, recipient or content; a refused login may be mended meanwhile. */
function isRefusedForGood(error: unknown): error is Error & { response: string } {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
}
