/** Jobs by state. */
export class JobCountsDto {
  /** @example 3 */
  waiting!: number;
  /** @example 12 */
  delayed!: number;
  /** @example 1 */
  active!: number;
  /** @example 1840 */
  completed!: number;
  /** @example 0 */
  failed!: number;
  /** @example 2 */
  dead!: number;
}

/** A queue of jobs. */
export class QueueDto {
  /** @example "posts" */
  name!: string;

  /**
   * A paused queue takes jobs and starts none.
   * @example false
   */
  paused!: boolean;

  counts!: JobCountsDto;
}
