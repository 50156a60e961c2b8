import { excerptOf } from './excerpt';

describe('excerptOf', () => {
  it('leaves the words of Markdown', () => {
    const markdown = [
      '# Hello *there*',
      '',
      '![a logo](/logo.png) Some **bold** and `code` with a [link](https://example.com "title") \\*here\\*.',
      '',
      '> quoted',
      '- item',
      '1. first',
      '',
      '```js',
      'const hidden = 1;',
      '```',
      '<div class="x">in HTML</div><!-- not this -->',
      '| a | table |',
      '[ref]: https://example.com',
    ].join('\n');
    expect(excerptOf(markdown)).toBe('Hello there Some bold and code with a link *here*. quoted item first in HTML');
  });

  it('cuts between words and says so', () => {
    const excerpt = excerptOf('word '.repeat(100));
    expect(excerpt).toMatch(/^word( word)+…$/);
    expect(excerpt.length).toBeLessThanOrEqual(201);
  });

  it('never halves a character', () => {
    for (let blanks = 0; blanks < 4; blanks++) {
      expect(excerptOf('x'.repeat(blanks) + '👍'.repeat(5_000)).isWellFormed()).toBe(true);
    }
  });

  it('of nothing is nothing', () => {
    expect(excerptOf('')).toBe('');
    expect(excerptOf('```\nonly code\n```')).toBe('');
  });

  it.each(['[', '![', '<a', '*', '`', '(', '[x](', '<!--', '|', '#'])('takes linear time on many %j', (mark) => {
    const start = performance.now();
    excerptOf(mark.repeat(1_048_576 / mark.length));
    expect(performance.now() - start).toBeLessThan(500);
  });
});
