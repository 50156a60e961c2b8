import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users';
import { ExchangedPostsRepository } from './exchange/exchanged-posts.repository';
import { PostExchangeController } from './exchange/post-exchange.controller';
import { PostExportService } from './exchange/post-export.service';
import { PostFeedService } from './exchange/post-feed.service';
import { PostImporter } from './exchange/post-importer';
import { PostImportsRepository } from './exchange/post-imports.repository';
import { PostUploadsService } from './exchange/post-uploads.service';
import { CleanupImportsHandler } from './jobs/cleanup-imports.job';
import { ImportPostsHandler } from './jobs/import-posts.job';
import { PublishDuePostsHandler } from './jobs/publish-due-posts.job';
import { PublishPostHandler } from './jobs/publish-post.job';
import { PostAnnouncer } from './post-announcer';
import { PostSlugs } from './post-slugs';
import { Post } from './post.entity';
import { PostPresenter } from './post.presenter';
import { PostsController } from './posts.controller';
import { PostsRepository } from './posts.repository';
import { PostsService } from './posts.service';
import { TagCounts } from './tag-counts';
import { TagsController } from './tags.controller';
import { TagsRepository } from './tags.repository';

const jobs = [PublishPostHandler, PublishDuePostsHandler, ImportPostsHandler, CleanupImportsHandler];
const exchange = [
  PostUploadsService,
  PostImporter,
  PostExportService,
  PostFeedService,
  PostImportsRepository,
  ExchangedPostsRepository,
];

@Module({
  imports: [TypeOrmModule.forFeature([Post]), UsersModule],
  controllers: [PostExchangeController, PostsController, TagsController],
  providers: [
    PostsService,
    PostsRepository,
    PostSlugs,
    PostAnnouncer,
    PostPresenter,
    TagCounts,
    TagsRepository,
    ...exchange,
    ...jobs,
  ],
})
export class PostsModule {}
