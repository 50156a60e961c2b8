import { html, mailLayout } from './html';

describe('HTML of mails', () => {
  it('escapes every value, and nothing twice', () => {
    const name = `<b onclick="x('y')">&`;
    const inner = html`<i>${name}</i>`;
    const escaped = '<i>&lt;b onclick=&quot;x(&#39;y&#39;)&quot;&gt;&amp;</i>';
    expect(String(inner)).toBe(escaped);
    expect(String(html`<p>${inner} ${1}</p>`)).toBe(`<p>${escaped} 1</p>`);
  });

  it('puts a title around the text', () => {
    const page = mailLayout({ title: 'Hello & welcome', body: html`<p>Text</p>`, footer: 'Groundwork' });
    expect(page).toContain('<title>Hello &amp; welcome</title>');
    expect(page).toContain('<p>Text</p>');
  });
});
