/** A result that has an address: sent with a `Location` header (RFC 9110 §10.2.2). */
export class Located<T> {
  constructor(
    readonly data: T,
    /** Path below the API prefix, such as `/posts/…`. */
    readonly path: string,
  ) {}
}

/** A result that is sent as it is, without the envelope: probes, and documents whose shape a standard fixes. */
export class Plain<T> {
  constructor(readonly body: T) {}
}
