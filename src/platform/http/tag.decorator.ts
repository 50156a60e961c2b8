import { ApiTags } from '@nestjs/swagger';

const descriptions = new Map<string, string>();

/**
 * Puts the routes of a controller under a heading of the documents. Controllers may share one; its description is said
 * once.
 */
export function Tag(name: string, description?: string): ClassDecorator {
  if (description !== undefined) descriptions.set(name, description);
  return ApiTags(name);
}

/** Every heading that has a description. */
export function describedTags(): ReadonlyMap<string, string> {
  return descriptions;
}
