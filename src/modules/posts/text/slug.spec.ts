import { LIMITS } from '../post-rules';
import { isReservedSlug, SLUG, slugFromTitle } from './slug';

describe('slugFromTitle', () => {
  it.each([
    ['Hello, World!', 'hello-world'],
    ['  Crème brûlée — œuvre ', 'creme-brulee-oeuvre'],
    ['Привет, мир', 'privet-mir'],
    ['深圳你好', 'shen-zhen-ni-hao'],
    ['안녕하세요', 'annyeonghaseyo'],
    ['Łódź & Ørsted', 'lodz-orsted'],
    ["It’s O'Brien", 'its-obrien'],
    ['Node.js v18.0.0 (LTS)', 'node-js-v18-0-0-lts'],
    ['🎉 party 🎉', 'party'],
    ['𝔘𝔫𝔦 ｆｕｌｌ ﬁne № ①', 'uni-full-fine-no-1'],
    ['It´s', 'its'],
  ])('%s becomes %s', (title, slug) => {
    expect(slugFromTitle(title)).toBe(slug);
  });

  it.each(['🎉🎉', '…', '   ', '—'])('has nothing to say of %j', (title) => {
    expect(slugFromTitle(title)).toBe('');
  });

  it('cuts long titles between words, and long words anywhere', () => {
    const words = slugFromTitle('word '.repeat(40));
    expect(words).toMatch(/^word(-word)+$/);
    expect(words.length).toBeLessThanOrEqual(LIMITS.slug - 10);
    expect(slugFromTitle('x'.repeat(200))).toBe('x'.repeat(80));
  });

  it.each(['Imports', 'Export', 'Feed', 'Bulk delete', '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d'])(
    'leads around the route or id that %s would be',
    (title) => {
      const slug = slugFromTitle(title);
      expect(slug).toMatch(SLUG);
      expect(isReservedSlug(slug)).toBe(false);
    },
  );

  it('makes a slug or nothing of anything', () => {
    for (let point = 0x20; point < 0x2fff; point++) {
      const slug = slugFromTitle(`${String.fromCodePoint(point)}a`);
      expect(slug).toMatch(SLUG);
    }
  });
});

describe('isReservedSlug', () => {
  it('knows routes and ids', () => {
    expect(['imports', 'export', 'feed', 'bulk-delete'].every(isReservedSlug)).toBe(true);
    expect(isReservedSlug('00000000-0000-0000-0000-000000000000')).toBe(true);
    expect(isReservedSlug('important')).toBe(false);
  });
});
