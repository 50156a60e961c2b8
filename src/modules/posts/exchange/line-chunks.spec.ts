import { PayloadTooLargeError } from '../../../common/errors';
import { IMPORT_LIMITS, type LineChunk, lineChunks, type LineLimits } from './line-chunks';

async function read(blocks: Iterable<string | Uint8Array>, limits: Partial<LineLimits> = {}): Promise<LineChunk[]> {
  const bytes = [...blocks].map((block) => Buffer.from(block as string));
  const chunks: LineChunk[] = [];
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* bytes;
  }
  for await (const chunk of lineChunks(stream(), { ...IMPORT_LIMITS, ...limits })) chunks.push(chunk);
  return chunks;
}

const chunk = (text: string, count: number, firstLine = 1, problems: LineChunk['problems'] = []): LineChunk => ({
  firstLine,
  text,
  problems,
  count,
});

describe('lineChunks', () => {
  it('cuts lines wherever the blocks end, with or without a line feed at the end', async () => {
    expect(await read(['{"a":1}\n{"b"', ':2}\n'])).toEqual([chunk('{"a":1}\n{"b":2}\n', 2)]);
    expect(await read(['{"a":1}\n', '{"b":2}'])).toEqual([chunk('{"a":1}\n{"b":2}', 2)]);
    const text = '{"ä":"👍"}\r\n{}';
    expect(await read([...Buffer.from(text)].map((byte) => Buffer.of(byte)))).toEqual([chunk('{"ä":"👍"}\n{}', 2)]);
  });

  it('passes over blank lines and a byte order mark, and keeps the numbers', async () => {
    expect(await read(['\uFEFF{}\n\n  \n{"b":2}\n'])).toEqual([chunk('{}\n\n\n{"b":2}\n', 2)]);
    expect(await read([])).toEqual([]);
    expect(await read(['\n', '\r\n'])).toEqual([]);
  });

  it('tells of what is no UTF-8, of NUL and of lines that are too long', async () => {
    const latin1 = Buffer.from('{"title":"Caf\xe9"}\n', 'latin1');
    expect(await read(['{}\n', latin1, '"\0"\n', '{}'])).toEqual([
      chunk('{}\n\n\n{}', 4, 1, [
        { line: 2, message: 'is not valid UTF-8' },
        { line: 3, message: 'holds a NUL character' },
      ]),
    ]);
    const long = await read(['1'.repeat(30), '2'.repeat(30), '\n{}\n'], { lineBytes: 50 });
    expect(long).toEqual([
      chunk('\n{}\n', 2, 1, [{ line: 1, message: expect.stringMatching(/^is longer than/) as string }]),
    ]);
  });

  it('hands on chunks of limited bytes and lines', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => `{"n":${index}}\n`);
    expect((await read(lines, { chunkLines: 2 })).map(({ firstLine, count }) => [firstLine, count])).toEqual([
      [1, 2],
      [3, 2],
      [5, 1],
    ]);
    expect((await read(lines, { chunkBytes: 7 })).map(({ firstLine }) => firstLine)).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses a file that is too large', async () => {
    await expect(read(['x'.repeat(60), 'x'.repeat(60)], { fileBytes: 100 })).rejects.toThrow(PayloadTooLargeError);
  });
});
