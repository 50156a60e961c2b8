import { PayloadTooLargeError } from '../../../common/errors';

/** Why a line cannot be taken, by its number from 1. */
export interface LineProblem {
  line: number;
  message: string;
}

/** Some lines of an NDJSON file that follow each other. */
export interface LineChunk {
  /** The number of the first one, from 1. */
  firstLine: number;
  /** Joined by line feeds. Lines with a problem are empty. */
  text: string;
  problems: LineProblem[];
  /** How many lines say something, the ones with a problem included. */
  count: number;
}

export interface LineLimits {
  fileBytes: number;
  lineBytes: number;
  /** A chunk is handed on when it is so large; a single line may be larger. */
  chunkBytes: number;
  chunkLines: number;
}

const MIB = 1_048_576;

/** A post of 1 MiB, each character escaped to six bytes, fits into a line. */
export const IMPORT_LIMITS: LineLimits = {
  fileBytes: 256 * MIB,
  lineBytes: 8 * MIB,
  chunkBytes: MIB / 4,
  chunkLines: 500,
};

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Cuts a stream of NDJSON into chunks of whole lines, holding one chunk and one line at a time. Lines end in LF or CRLF;
 * blank ones and a byte order mark are passed over. A line that is too long or no UTF-8 becomes a problem of its own.
 *
 * @throws PayloadTooLargeError when the file is longer than allowed.
 */
export async function* lineChunks(bytes: AsyncIterable<Uint8Array>, limits = IMPORT_LIMITS): AsyncGenerator<LineChunk> {
  const cutter = new LineCutter(limits);
  let received = 0;
  for await (const block of bytes) {
    received += block.length;
    if (received > limits.fileBytes) {
      throw new PayloadTooLargeError(`The file is larger than ${limits.fileBytes / MIB} MiB. Import it in parts.`);
    }
    for (let start = 0; start < block.length;) {
      const end = block.indexOf(LINE_FEED, start);
      cutter.add(block.subarray(start, end === -1 ? block.length : end));
      if (end === -1) break;
      cutter.endLine();
      if (cutter.isFull) {
        const chunk = cutter.takeChunk();
        // Blank lines alone are not worth storing.
        if (chunk.count > 0) yield chunk;
      }
      start = end + 1;
    }
  }
  cutter.endLine();
  const rest = cutter.takeChunk();
  if (rest.count > 0) yield rest;
}

class LineCutter {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private line = 1;
  private parts: Uint8Array[] = [];
  private length = 0;
  private chunk = emptyChunk(1);
  private lines: string[] = [];
  private chunkBytes = 0;

  constructor(private readonly limits: LineLimits) {}

  get isFull(): boolean {
    return this.chunkBytes >= this.limits.chunkBytes || this.lines.length >= this.limits.chunkLines;
  }

  add(part: Uint8Array): void {
    this.length += part.length;
    // What is too long is counted and forgotten.
    if (this.length > this.limits.lineBytes) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  endLine(): void {
    const text = this.read();
    if (typeof text !== 'string') this.chunk.problems.push({ line: this.line, message: text.problem });
    if (typeof text !== 'string' || text !== '') this.chunk.count++;
    this.lines.push(typeof text === 'string' ? text : '');
    this.chunkBytes += this.length;
    this.line++;
    this.parts = [];
    this.length = 0;
  }

  takeChunk(): LineChunk {
    const chunk = { ...this.chunk, text: this.lines.join('\n') };
    this.chunk = emptyChunk(this.line);
    this.lines = [];
    this.chunkBytes = 0;
    return chunk;
  }

  private read(): string | { problem: string } {
    if (this.length > this.limits.lineBytes) return { problem: `is longer than ${this.limits.lineBytes / MIB} MiB` };
    let text: string;
    try {
      text = this.decoder.decode(this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts));
    } catch {
      return { problem: 'is not valid UTF-8' };
    }
    if (text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
    // PostgreSQL stores no NUL, and JSON has none outside of an escape.
    if (text.includes('\0')) return { problem: 'holds a NUL character' };
    return text.trim();
  }
}

function emptyChunk(firstLine: number): LineChunk {
  return { firstLine, text: '', problems: [], count: 0 };
}
