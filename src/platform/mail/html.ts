const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Markup that may go into a page as it is. Only `html` makes it. */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** Writes HTML in which every value is escaped, unless it was made by `html` itself. */
export function html(strings: TemplateStringsArray, ...values: (string | number | Html)[]): Html {
  return new Html(
    strings.reduce((text, part, index) => {
      const value = values[index - 1]!;
      return `${text}${value instanceof Html ? String(value) : escapeHtml(String(value))}${part}`;
    }),
  );
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** The frame of every HTML mail: a title, the text, and a line that tells who sent it. */
export function mailLayout({ title, body, footer }: { title: string; body: Html; footer: string }): string {
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>${title}</title>
        </head>
        <body style="margin:0;padding:24px;background:#f4f4f5;font-family:system-ui,sans-serif;color:#18181b">
          <div style="max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px;line-height:1.5">
            <h1 style="margin:0 0 16px;font-size:20px">${title}</h1>
            ${body}
          </div>
          <p style="max-width:560px;margin:16px auto;font-size:12px;color:#71717a">${footer}</p>
        </body>
      </html> `,
  );
}
