interface ShutdownOptions {
  /** Ends everything in order; may be called once. */
  close: () => Promise<void>;
  graceSeconds: number;
  log: (message: string) => void;
}

/**
 * Ends the process in order at SIGINT or SIGTERM: requests and jobs get the grace time, then the process goes. A second
 * SIGINT, from somebody who does not want to wait, ends it at once.
 */
export function closeOnSignal({ close, graceSeconds, log }: ShutdownOptions): void {
  let closing = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (closing) {
      if (signal === 'SIGINT') process.exit(130);
      return;
    }
    closing = true;
    log(`${signal}: finishing what runs, for at most ${graceSeconds} s. Ctrl-C again ends at once.`);
    // Two seconds beyond the grace time are for the database to write its checkpoint.
    setTimeout(
      () => {
        log('The grace time is over; what still ran is handed back.');
        process.exit(1);
      },
      (graceSeconds + 2) * 1_000,
    ).unref();
    close().then(
      () => process.exit(),
      (error: unknown) => {
        log(`Shutting down failed: ${error instanceof Error ? error.message : 'unknown error'}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
