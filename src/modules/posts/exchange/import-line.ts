import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ImportedPostDto } from '../dto/imported-post.dto';

/** More than a post has. */
const MAX_FIELDS = 30;

/**
 * Reads one line of an import.
 *
 * @returns the post, or what is wrong with it in words for the person who made the file.
 */
export function readImportLine(text: string): ImportedPostDto | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not valid JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object';
  // class-validator compares each unknown field with all the others.
  if (Object.keys(value).length > MAX_FIELDS) return `has more than ${MAX_FIELDS} fields`;
  const broken = Object.entries(value).find(([, field]) => !isFlat(field));
  if (broken) return `${broken[0].slice(0, 50)}: holds NUL, half characters or nested values`;

  const post = plainToInstance(ImportedPostDto, value);
  const [violation] = validateSync(post, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  if (!violation) return post;
  return inWords(violation);
}

function inWords({ property, constraints = {} }: ValidationError): string {
  const field = property.slice(0, 50);
  const [[rule, message] = ['', 'is not valid']] = Object.entries(constraints);
  if (rule === 'whitelistValidation') return `${field}: is not a known field`;
  return message.includes(field) ? message : `${field}: ${message}`;
}

/** Text that can be stored, another plain value, or a list of such: no field is deeper. */
function isFlat(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (Array.isArray(value)) return depth === 0 && value.every((item) => isFlat(item, 1));
  return typeof value !== 'object' || value === null;
}
