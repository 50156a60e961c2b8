import { Logger } from '@nestjs/common';

// What tests provoke on purpose is not worth a line; TEST_LOG_LEVEL brings the application's own log back.
if (!process.env.TEST_LOG_LEVEL) Logger.overrideLogger(false);
