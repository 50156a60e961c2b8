import { Logger } from '@nestjs/common';

// Jest reads `testTimeout` at the top level only. A busy machine may take its time; a hanging test still ends.
jest.setTimeout(30_000);

// What tests provoke on purpose is not worth a line; TEST_LOG_LEVEL brings the application's own log back.
if (!process.env.TEST_LOG_LEVEL) Logger.overrideLogger(false);
