import 'reflect-metadata';
import '../app.module';
import { describeConfig } from '../platform/config';

/** Prints `.env.example`: every variable with its meaning and default, from the settings classes themselves. */
function envExample(): string {
  const sections = describeConfig().map(({ title, variables }) => {
    const lines = variables.map(({ name, options }) => {
      const value = options.defaultDoc ?? (typeof options.default === 'function' ? '' : String(options.default ?? ''));
      return `# ${options.doc}${options.secret ? ' Secret.' : ''}\n# ${name}=${value}`;
    });
    return `## ${title}\n\n${lines.join('\n\n')}`;
  });
  return `# Copy to .env and uncomment what you change. Generated from the settings classes: npm run env:example\n\n${sections.join('\n\n')}\n`;
}

process.stdout.write(envExample());
