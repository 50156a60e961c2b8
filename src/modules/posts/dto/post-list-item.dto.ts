import { PartialType } from '@nestjs/swagger';
import { PostDto } from './post.dto';

/** A post in a list: without its content, or with the fields that `fields` names. */
export class PostListItemDto extends PartialType(PostDto) {}
