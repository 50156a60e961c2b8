export { AppConfig, type ProcessKind } from './app.config';
export { Config, ConfigError, describeConfig, Env, type HasProblems, loadConfig, LoadedConfig } from './config';
export { ConfigModule } from './config.module';
export * as parse from './parsers';
