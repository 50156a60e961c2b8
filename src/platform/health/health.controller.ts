import { Controller, Get, Res } from '@nestjs/common';
import { ApiExtraModels, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Plain } from '../../common/results';
import { Endpoint, Tag } from '../http';
import { CheckDto, LivenessDto } from './health.dto';
import { HealthChecks } from './health-checks';
import { ReadinessDto } from './readiness.dto';

@Tag('operations', 'Probes')
@ApiExtraModels(CheckDto)
@Controller('health')
export class HealthController {
  constructor(private readonly checks: HealthChecks) {}

  @Get('live')
  @Endpoint({
    summary: 'Is the process alive?',
    description: 'Answers as long as the event loop turns. Restart the process when it does not.',
    access: 'public',
    returnsPlain: LivenessDto,
    unthrottled: true,
  })
  live(): Plain<LivenessDto> {
    return new Plain({ status: 'ok' });
  }

  @Get('ready')
  @ApiServiceUnavailableResponse({
    type: ReadinessDto,
    description: 'A part is down, or the process is shutting down.',
  })
  @Endpoint({
    summary: 'Can the process serve requests?',
    description: 'Names each dependency; 503 while one of them is down or the process is shutting down.',
    access: 'public',
    returnsPlain: ReadinessDto,
    unthrottled: true,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Plain<ReadinessDto>> {
    const checks = await this.checks.run();
    const down = Object.values(checks).some(({ status }) => status === 'down');
    const status = this.checks.shuttingDown ? 'shutting_down' : down ? 'unavailable' : 'ok';
    if (status !== 'ok') void reply.status(503).header('retry-after', 2);
    void reply.header('cache-control', 'no-store');
    return new Plain({ status, checks });
  }
}
