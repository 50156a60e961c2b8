import { ImportedPostDto } from '../dto/imported-post.dto';
import { readImportLine } from './import-line';

const line = (over: object = {}) => JSON.stringify({ slug: 'a-post', title: 'A post', content: 'Text', ...over });

describe('readImportLine', () => {
  it('reads a post', () => {
    const post = readImportLine(
      line({ tags: ['News', ' news ', 'B'], author: 'Ada', publishedAt: '2020-04-03T20:26:28.000Z' }),
    );
    expect(post).toBeInstanceOf(ImportedPostDto);
    expect(post).toMatchObject({ slug: 'a-post', tags: ['news', 'b'], publishedAt: '2020-04-03T20:26:28.000Z' });
  });

  it.each([
    ['{', 'is not valid JSON'],
    ['[]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['"text"', 'is not a JSON object'],
    [line({ title: '' }), 'title: must not be empty'],
    [line({ title: 5 }), /^title/],
    [line({ title: undefined }), /^title/],
    [line({ content: undefined }), /^content/],
    [line({ slug: 'Not A Slug' }), /^slug: must be lower-case/],
    [line({ slug: 'imports' }), 'slug: is reserved; choose another one'],
    [line({ publishedAt: '2026-02-30' }), /^publishedAt: must be a date that exists/],
    [line({ status: 'gone' }), /^status: must be one of/],
    [line({ tags: 'news' }), 'tags: must be a list'],
    [line({ tags: [1] }), /^tags/],
    [line({ colour: 'red' }), 'colour: is not a known field'],
    [line({ content: 'x'.repeat(1_048_577) }), /^content: must not be longer/],
    [line({ content: 'a\0b' }), /^content: holds NUL/],
    ['{"title":"\\ud800","content":"x"}', /^title: holds/],
    [line({ title: { $gt: '' } }), /^title: holds/],
    [`{"title":"x","content":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /^content: holds/],
  ])('refuses %.60s', (text, message) => {
    expect(readImportLine(text)).toMatch(message);
  });

  it('takes no prototype for a field', () => {
    const post = readImportLine('{"__proto__":{"polluted":1},"title":"x","content":"y"}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(post).toEqual(expect.stringMatching(/__proto__/));
  });
});
