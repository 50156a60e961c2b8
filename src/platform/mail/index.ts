export { escapeHtml, Html, html, mailLayout } from './html';
export { MailConfig } from './mail.config';
export { MailModule } from './mail.module';
export { type Mail, Mailer, type Recipient } from './mailer';
