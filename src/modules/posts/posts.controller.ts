import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { Caller } from '../../common/caller';
import type { Page } from '../../common/paging';
import { Located } from '../../common/results';
import { CurrentCaller, Endpoint, IfMatch, UuidParam, Tag } from '../../platform/http';
import { CreatePostDto } from './dto/create-post.dto';
import { ListPostsQueryDto } from './dto/list-posts-query.dto';
import { PostListItemDto } from './dto/post-list-item.dto';
import { PostDto } from './dto/post.dto';
import { UpdatePostDto } from './dto/update-post.dto';
import { parseFields } from './post-list';
import { BODY_LIMIT_BYTES } from './post-rules';
import { PostPresenter } from './post.presenter';
import { postsPermissions } from './posts.permissions';
import { PostsService } from './posts.service';

@Tag('posts', 'Writing and reading')
@Controller('posts')
export class PostsController {
  constructor(
    private readonly posts: PostsService,
    private readonly presenter: PostPresenter,
  ) {}

  @Get()
  @Endpoint({
    summary: 'List and search posts',
    description:
      'Published posts, newest first, without their content unless `fields` asks for it. Pages with `content` are ' +
      'smaller than `limit` where they would be too large; `page.limit` tells the size that was taken.',
    access: 'public',
    returnsPage: PostListItemDto,
  })
  async list(@Query() query: ListPostsQueryDto, @CurrentCaller() caller?: Caller): Promise<Page<PostListItemDto>> {
    return this.presenter.page(await this.posts.list(query, caller), parseFields(query.fields));
  }

  @Post()
  @Endpoint({
    summary: 'Write a post',
    description: 'A draft unless `status` says otherwise. A slug that is left out is made from the title.',
    access: postsPermissions.writeOwn,
    status: 201,
    returns: PostDto,
    errors: ['SLUG_TAKEN', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
    bodyLimit: BODY_LIMIT_BYTES,
  })
  async create(@Body() input: CreatePostDto, @CurrentCaller() caller: Caller): Promise<Located<PostDto>> {
    const post = await this.posts.create(input, caller);
    return new Located(await this.presenter.one(post), `/posts/${post.id}`);
  }

  // Named like the other routes below `/posts/…`: OpenAPI knows one template for one path.
  @Get(':id')
  @ApiParam({ name: 'id', description: 'The id or the slug.', schema: { type: 'string' }, example: 'hello-world' })
  @Endpoint({
    summary: 'Read a post',
    description: 'By its id or its slug. A post that is not published is 404 to whoever may not read it.',
    access: 'public',
    returns: PostDto,
    errors: ['NOT_FOUND'],
  })
  async get(@Param('id') idOrSlug: string, @CurrentCaller() caller?: Caller): Promise<PostDto> {
    return this.presenter.one(await this.posts.get(idOrSlug, caller));
  }

  @Patch(':id')
  @Endpoint({
    summary: 'Change a post',
    description:
      'What is left out stays as it is. `If-Match` makes sure that nobody changed it since it was read. `status` ' +
      'publishes, archives or schedules it.',
    access: postsPermissions.writeOwn,
    returns: PostDto,
    errors: ['NOT_FOUND', 'SLUG_TAKEN', 'PRECONDITION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
    bodyLimit: BODY_LIMIT_BYTES,
  })
  async update(
    @UuidParam() id: string,
    @Body() change: UpdatePostDto,
    @IfMatch() versions: readonly number[] | undefined,
    @CurrentCaller() caller: Caller,
  ): Promise<PostDto> {
    return this.presenter.one(await this.posts.update(id, change, versions, caller));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Delete a post',
    description: 'It can be restored. `If-Match` is honoured.',
    access: postsPermissions.writeOwn,
    errors: ['NOT_FOUND', 'PRECONDITION_FAILED'],
  })
  async remove(
    @UuidParam() id: string,
    @IfMatch() versions: readonly number[] | undefined,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await this.posts.remove(id, versions, caller);
  }

  @Post(':id/restore')
  @Endpoint({
    summary: 'Restore a deleted post',
    description: 'Under its slug, unless another post has taken it meanwhile.',
    access: postsPermissions.writeOwn,
    status: 200,
    returns: PostDto,
    errors: ['NOT_FOUND', 'SLUG_TAKEN'],
  })
  async restore(@UuidParam() id: string, @CurrentCaller() caller: Caller): Promise<PostDto> {
    return this.presenter.one(await this.posts.restore(id, caller));
  }
}
