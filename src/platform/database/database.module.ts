import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config';
import { dataSourceOptions } from './data-source-options';
import { Database } from './database';
import { DatabaseConfig } from './database.config';
import { migrate } from './migrate';

/** Connects to PostgreSQL, migrates it, and offers `Database` everywhere. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [AppConfig, DatabaseConfig],
      useFactory: (app: AppConfig, database: DatabaseConfig) => ({
        ...dataSourceOptions(app, database),
        autoLoadEntities: true,
        retryAttempts: 10,
        retryDelay: 1_000,
      }),
      dataSourceFactory: async (options) => {
        if (!options) throw new Error('TypeORM got no options.');
        const dataSource = await new DataSource(options).initialize();
        await migrate(dataSource);
        return dataSource;
      },
    }),
  ],
  providers: [Database],
  exports: [Database],
})
export class DatabaseModule {}
