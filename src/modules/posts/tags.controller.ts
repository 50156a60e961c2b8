import { Controller, Get, Query } from '@nestjs/common';
import type { Page } from '../../common/paging';
import { PageQueryDto } from '../../common/paging.dto';
import { Endpoint, Pager, Tag } from '../../platform/http';
import { TagDto } from './dto/tag.dto';
import { TagCounts } from './tag-counts';

@Tag('tags', 'What posts are about')
@Controller('tags')
export class TagsController {
  constructor(
    private readonly tags: TagCounts,
    private readonly pager: Pager,
  ) {}

  @Get()
  @Endpoint({
    summary: 'List tags',
    description: 'Of published posts, the most used first; the 10,000 most used at most.',
    access: 'public',
    returnsPage: TagDto,
  })
  list(@Query() query: PageQueryDto): Promise<Page<TagDto>> {
    return this.pager.page(query, this.tags.paged());
  }
}
