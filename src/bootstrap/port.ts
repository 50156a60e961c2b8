import { createServer } from 'node:net';

/** The port is taken or may not be opened; `message` says what to do. */
export class PortError extends Error {}

/**
 * Finds out whether the port can be listened on, before anything else is started.
 *
 * @throws PortError
 */
export async function assertPortFree(port: number, host: string): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject).listen(port, host, resolve);
    });
  } catch (error) {
    throw toPortError(error, port, host);
  } finally {
    probe.close();
  }
}

/** Puts what `listen()` threw into words. */
export function toPortError(error: unknown, port: number, host: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new PortError(
        `Port ${port} is taken by another program. Stop it, or choose another: PORT=${port + 1} npm start`,
      );
    case 'EACCES':
      return new PortError(`Port ${port} needs privileges. Choose one above 1023: PORT=3000 npm start`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new PortError(`HOST=${host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all of them.`);
    default:
      return error;
  }
}
