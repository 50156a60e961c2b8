import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { uuidv7 } from '../../common/uuid';
import { AppConfig, loadConfig } from '../config';
import { UnrecoverableJobError } from '../queue';
import { type Mail, MailConfig, Mailer } from '.';

const mail: Mail = {
  to: { name: 'Zoë Ångström, PhD', address: 'zoe@example.test' },
  subject: 'Willkommen – grüß dich 👋',
  text: 'Hello,\n.\nthis line starts with a dot.',
  html: '<p>Hello</p>',
};

function mailer(env: Record<string, string>): Mailer {
  const config = loadConfig({ MAIL_FROM: 'Groundwork <no-reply@groundwork.test>', ...env });
  return new Mailer(config.get(AppConfig), config.get(MailConfig));
}

describe('mails as files', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'groundwork mail '));
  });

  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('are complete messages that only their owner may read', async () => {
    const jobId = uuidv7();
    await mailer({ DATA_DIR: dataDir }).send(mail, { jobId });
    const files = await readdir(join(dataDir, 'mail'));
    expect(files).toHaveLength(1);
    expect(files[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f-]{36}\.eml$/);
    const path = join(dataDir, 'mail', files[0]!);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const message = await PostalMime.parse(await readFile(path));
    expect(message).toMatchObject({
      from: { name: 'Groundwork', address: 'no-reply@groundwork.test' },
      to: [{ name: 'Zoë Ångström, PhD', address: 'zoe@example.test' }],
      subject: mail.subject,
      messageId: `<${jobId}@groundwork.test>`,
      html: expect.stringContaining('<p>Hello</p>'),
    });
    expect(message.text?.trim()).toBe(mail.text);
  });

  it('are replaced when a job sends the same mail again', async () => {
    const jobId = uuidv7();
    const files = mailer({ DATA_DIR: dataDir });
    await files.send(mail, { jobId });
    await files.send({ ...mail, subject: 'Again' }, { jobId });
    await files.send(mail, { jobId: uuidv7() });
    expect(await readdir(join(dataDir, 'mail'))).toHaveLength(2);
  });
});

describe('mails through a server', () => {
  let server: SMTPServer;
  let url: string;
  let received: { message: Email; from: string; to: string[] }[];

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, callback) => {
        const refusal = { 'nobody@example.test': 550, 'later@example.test': 451 }[address];
        callback(refusal ? Object.assign(new Error('No such mailbox'), { responseCode: refusal }) : null);
      },
      onData: (stream, { envelope }, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          void PostalMime.parse(Buffer.concat(chunks)).then((message) => {
            const from = envelope.mailFrom ? envelope.mailFrom.address : '';
            received.push({ message, from, to: envelope.rcptTo.map(({ address }) => address) });
            callback();
          });
        });
      },
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  });

  afterAll(() => promisify(server.close.bind(server))());

  beforeEach(() => {
    received = [];
  });

  const send = (changes: Partial<Mail> = {}): Promise<void> =>
    mailer({ SMTP_URL: url }).send({ ...mail, ...changes }, { jobId: '0190aaaa-0000-7000-8000-000000000000' });

  it('arrive as they were written', async () => {
    await send();
    expect(received).toHaveLength(1);
    const { message, from, to } = received[0]!;
    expect({ from, to }).toEqual({ from: 'no-reply@groundwork.test', to: ['zoe@example.test'] });
    expect(message).toMatchObject({
      subject: mail.subject,
      messageId: '<0190aaaa-0000-7000-8000-000000000000@groundwork.test>',
    });
    expect(message.text?.trim()).toBe(mail.text);
    expect(message.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
  });

  it('get no header from a line break in a name or a subject', async () => {
    await send({
      to: { name: 'Eve\r\nBcc: victim@example.test', address: 'eve@example.test' },
      subject: 'Hi\r\nBcc: victim@example.test\u2028\0!',
    });
    const { message, to } = received[0]!;
    expect(to).toEqual(['eve@example.test']);
    expect(message.bcc ?? []).toEqual([]);
    expect(message.subject).toBe('Hi Bcc: victim@example.test !');
    expect(message.to?.[0]).toEqual({ name: 'Eve Bcc: victim@example.test', address: 'eve@example.test' });
  });

  it.each(['eve@example.test\r\nRCPT TO:<victim@example.test>', 'a@b, c@d.test', '<eve@example.test>', 'nobody', ''])(
    'go to one address only, not to %j',
    async (address) => {
      await expect(send({ to: { address } })).rejects.toThrow(UnrecoverableJobError);
      expect(received).toEqual([]);
    },
  );

  it('are given up when the server refuses them for good, and tried again otherwise', async () => {
    await expect(send({ to: { address: 'nobody@example.test' } })).rejects.toThrow(UnrecoverableJobError);
    await expect(send({ to: { address: 'later@example.test' } })).rejects.not.toThrow(UnrecoverableJobError);
    const unreachable = mailer({ SMTP_URL: 'smtp://127.0.0.1:1' }).send(mail, { jobId: uuidv7() });
    await expect(unreachable).rejects.toThrow('ECONNREFUSED');
  });
});
