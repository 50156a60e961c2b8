import { type DynamicModule, Module } from '@nestjs/common';
import { LoadedConfig } from './config';

/** Offers every validated settings class for injection by its type. */
@Module({})
export class ConfigModule {
  static forRoot(config: LoadedConfig): DynamicModule {
    const providers = [
      { provide: LoadedConfig, useValue: config },
      ...[...config.entries()].map(([type, value]) => ({ provide: type, useValue: value })),
    ];
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
