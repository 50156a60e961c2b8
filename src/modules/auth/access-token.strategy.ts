import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import passport from 'passport';
import { ExtractJwt, Strategy, type VerifiedCallback } from 'passport-jwt';
import { uuidv7 } from '../../common/uuid';
import { Callers } from './sessions/callers';
import { type AccessClaims, AccessTokens } from './tokens/access-tokens';

type VerifierCallback = (error: Error | null, claims?: AccessClaims) => void;

// passport-jwt checks with jsonwebtoken, which does not know EdDSA; jose takes its place. What passport-jwt calls the
// key is the checker of the application that the strategy belongs to. See docs/adr/0004.
Object.assign(Strategy, {
  JwtVerifier: (token: string, tokens: AccessTokens, _options: unknown, done: VerifierCallback) => {
    tokens.verify(token).then(
      (claims) => done(null, claims),
      (error: Error) => done(error),
    );
  },
});

/** passport's way from a bearer token to the caller. */
@Injectable()
export class AccessTokenStrategy extends Strategy implements OnApplicationShutdown {
  // passport's register is one for the whole process; each application has an entry of its own there.
  override readonly name = `access-token-${uuidv7()}`;

  constructor(tokens: AccessTokens, callers: Callers) {
    super(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: (_request, _token, done) => done(null, tokens as unknown as string),
      },
      (claims: AccessClaims, done: VerifiedCallback) => {
        callers.find(claims).then(
          (caller) => done(null, caller),
          (error: unknown) => done(error),
        );
      },
    );
    passport.use(this.name, this);
  }

  /** Not before HTTP is closed: requests still arrive while jobs end. */
  onApplicationShutdown(): void {
    passport.unuse(this.name);
  }
}
