import 'reflect-metadata';
import '../app.module';
import { describeConfig } from '../platform/config';

/** Prints `.env.example`: every variable with its meaning and default, from the settings classes themselves. */
function envExample(): string {
  const sections = describeConfig().map(({ title, variables }) => {
    const lines = variables.map(({ name, options }) => {
      const { default: standard, defaultDoc = isScalar(standard) ? String(standard) : '' } = options;
      return `# ${options.doc}${options.secret ? ' Secret.' : ''}\n# ${name}=${defaultDoc}`;
    });
    return `## ${title}\n\n${lines.join('\n\n')}`;
  });
  return `# Copy to .env and uncomment what you change. Generated from the settings classes: npm run env:example\n\n${sections.join('\n\n')}\n`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

process.stdout.write(envExample());
