/** A public key (RFC 7517): `crv` and `x` for Ed25519, `n` and `e` for RSA. */
export class JwkDto {
  /** @example "OKP" */
  kty!: string;
  /**
   * The key's RFC 7638 thumbprint.
   * @example "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
   */
  kid!: string;
  /** @example "EdDSA" */
  alg!: string;
  /** @example "sig" */
  use!: string;
  /** @example "Ed25519" */
  crv?: string;
  /** @example "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" */
  x?: string;
  n?: string;
  e?: string;
}

/** The public keys by which anybody can check our access tokens. */
export class JwksDto {
  keys!: JwkDto[];
}
