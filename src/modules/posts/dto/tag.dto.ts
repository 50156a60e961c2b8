/** A tag of published posts. */
export class TagDto {
  /** @example "release" */
  name!: string;

  /**
   * How many published posts bear it.
   * @example 800
   */
  count!: number;
}
