import { Config, Env, parse } from '../config';

const ADDRESS = /^(?:[^<>\r\n]*<)?[^\s<>@"(),:;]+@[^\s<>@"(),:;]+>?$/;

@Config('Mail')
export class MailConfig {
  @Env('SMTP_URL', {
    doc: 'The server that mails are sent through, as in smtps://user:password@host:465. Unset: each mail is written as an .eml file under DATA_DIR/mail.',
    parse: parse.url('smtp', 'smtps'),
    secret: true,
  })
  readonly smtpUrl?: string;

  @Env('MAIL_FROM', {
    doc: 'The sender of all mails: an address, or a name and an address as in Groundwork <no-reply@example.com>.',
    parse: (value) => {
      if (!ADDRESS.test(value)) throw new Error('must be an address such as Groundwork <no-reply@example.com>');
      return value;
    },
    default: (env) => `Groundwork <no-reply@${hostOf(env.PUBLIC_URL)}>`,
    defaultDoc: 'no-reply at the host of PUBLIC_URL',
  })
  readonly from!: string;
}

function hostOf(url: string | undefined): string {
  return url && URL.canParse(url) ? new URL(url).hostname : 'localhost';
}
