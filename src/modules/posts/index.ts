export { postCreated, postDeleted, postPublished, postUpdated } from './posts.events';
export { PostsModule } from './posts.module';
