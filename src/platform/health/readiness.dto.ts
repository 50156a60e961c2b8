import { ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { CheckDto } from './health.dto';

/** Whether the process can serve requests now. */
@ApiSchema({ name: 'Readiness' })
export class ReadinessDto {
  /** @example "ok" */
  status!: 'ok' | 'unavailable' | 'shutting_down';

  /** Each dependency by name. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: getSchemaPath(CheckDto) } })
  checks!: Record<string, CheckDto>;
}
