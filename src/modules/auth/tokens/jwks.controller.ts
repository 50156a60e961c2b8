import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { Endpoint, Tag } from '../../../platform/http';
import { JwksDto } from '../dto/jwks.dto';
import { AccessTokens } from './access-tokens';

@Tag('auth')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly tokens: AccessTokens) {}

  @Get('jwks.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @ApiOkResponse({ description: 'A JWK Set (RFC 7517), without an envelope.', type: JwksDto })
  @Endpoint({
    summary: 'Public keys of access tokens',
    access: 'public',
    returnsRaw: 'application/json',
  })
  get(): string {
    return JSON.stringify(this.tokens.jwks);
  }
}
