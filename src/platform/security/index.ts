export { Keys } from './keys';
export { PasswordHasher } from './password-hasher';
export { SecurityConfig } from './security.config';
export { SecurityModule } from './security.module';
