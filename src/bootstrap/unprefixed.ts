import { RequestMethod } from '@nestjs/common';

/** Routes outside the API prefix: probes, and the place where RFC 8615 wants well-known documents. */
export const UNPREFIXED = ['health/live', 'health/ready', '.well-known/jwks.json'].map((path) => ({
  path,
  method: RequestMethod.GET,
}));
