import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from '../../common/uuid';
import { Database } from '../../platform/database';
import { PasswordHasher } from '../../platform/security';
import { AdminConfig } from './admin.config';
import { EmailTakenError } from './users.errors';
import { UsersRepository } from './users.repository';

const DEFAULT_EMAIL = 'admin@example.com';

/** Makes sure that somebody can administrate a new installation. */
@Injectable()
export class AdminBootstrap {
  private readonly logger = new Logger(AdminBootstrap.name);

  constructor(
    private readonly config: AdminConfig,
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Makes the admin named by `ADMIN_EMAIL` if there is no such account; without that setting one with a random password
   * if there is no admin at all. Safe when several instances start at once.
   *
   * @returns email and password of an admin just made with a random password, to be shown once; they are kept nowhere.
   */
  async ensure(): Promise<{ email: string; password: string } | undefined> {
    if (await this.isThere()) return undefined;

    const email = this.config.email ?? DEFAULT_EMAIL;
    const password = this.config.password ?? randomBytes(15).toString('base64url');
    const passwordHash = await this.hasher.hash(password);
    const made = await this.database
      .transaction(async () => {
        await this.users.lockAdmins();
        if (await this.isThere()) return false;
        await this.users.insert({
          id: uuidv7(),
          email,
          name: 'Admin',
          role: 'admin',
          passwordHash,
          createdAt: new Date(),
        });
        return true;
      })
      .catch((error: unknown) => {
        if (!(error instanceof EmailTakenError)) throw error;
        this.logger.warn(
          `There is no admin, and ${email} belongs to somebody else: set ADMIN_EMAIL to another address.`,
        );
        return false;
      });
    return made && this.config.password === undefined ? { email, password } : undefined;
  }

  private async isThere(): Promise<boolean> {
    const { email } = this.config;
    if (email === undefined) return (await this.users.countAdmins()) > 0;

    const user = await this.users.findByEmail(email);
    // Making it an admin would hand the installation to whoever signed up with that address first.
    if (user && user.role !== 'admin')
      this.logger.warn('The account of ADMIN_EMAIL is not an admin, and stays as it is.');
    return user !== null;
  }
}
