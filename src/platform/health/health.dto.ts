/** One dependency. */
export class CheckDto {
  /** @example "up" */
  status!: 'up' | 'down';
  /**
   * How long its check took, in milliseconds.
   * @example 2
   */
  latencyMs!: number;
}

/** Whether the process runs. */
export class LivenessDto {
  /** @example "ok" */
  status!: 'ok';
}
