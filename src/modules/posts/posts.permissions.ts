import { definePermissions } from '../../common/permissions';

/** What may be done with posts. Published ones are read by anyone. */
export const postsPermissions = definePermissions({
  writeOwn: { name: 'posts:write:own', description: 'Write, change and delete own posts', roles: ['author', 'editor'] },
  writeAny: { name: 'posts:write:any', description: 'Change and delete any post', roles: ['editor'] },
  readAny: { name: 'posts:read:any', description: 'See posts of others that are not published', roles: ['editor'] },
  export: { name: 'posts:export', description: 'Take all posts out', roles: ['editor'] },
});
