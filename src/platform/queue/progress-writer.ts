/** Milliseconds between two writes of one job's progress. */
const INTERVAL = 250;

/**
 * Writes the progress of one job at most four times a second, and the last value always. A failed write is dropped: a
 * later one replaces it.
 */
export class ProgressWriter {
  private pending?: { value: number | object };
  private timer?: NodeJS.Timeout;
  private writing?: Promise<void>;
  private lastWrite = 0;

  constructor(private readonly write: (value: number | object) => Promise<void>) {}

  set(value: number | object): void {
    this.pending = { value: typeof value === 'number' ? percentage(value) : value };
    this.schedule();
  }

  /** Writes what is still unwritten, and waits for it. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.writing;
    if (this.pending) await this.send();
    // `set()` during the write has armed a timer for a value that came after the end.
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.timer || this.writing) return;
    const wait = Math.max(0, this.lastWrite + INTERVAL - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, wait);
  }

  private async send(): Promise<void> {
    const { value } = this.pending!;
    this.pending = undefined;
    this.lastWrite = Date.now();
    this.writing = this.write(value).catch(() => undefined);
    await this.writing;
    this.writing = undefined;
    if (this.pending) this.schedule();
  }
}

function percentage(value: number): number {
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : 0;
}
