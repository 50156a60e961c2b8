import type { EmbeddedPostgres } from '../../src/platform/database/embedded';

/** The migrated database that every test database is a copy of. */
export const TEMPLATE_DATABASE = 'groundwork_template';

export interface TestCluster {
  postgres: EmbeddedPostgres;
  dataDir: string;
}
