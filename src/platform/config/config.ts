import type { Parser } from './parsers';

/** One environment variable: how to read it, and what a person needs to know of it. */
export interface EnvOptions<T> {
  /** One or two sentences for `.env.example`. */
  doc: string;
  parse: Parser<T>;
  /** The value when the variable is unset or empty; left out, the variable stays `undefined`. */
  default?: T | ((env: NodeJS.ProcessEnv) => T);
  /** How the default reads in documents, where it is computed. */
  defaultDoc?: string;
  /** Never printed, not even in an error. */
  secret?: boolean;
}

export interface EnvVariable {
  name: string;
  property: string;
  options: EnvOptions<unknown>;
}

/** A class of settings for one concern. `problems()` may check rules across variables. */
export interface ConfigClass<T extends object = object> {
  new (): T;
}

export interface HasProblems {
  /** Rules that need more than one variable; each line names the variable and says what to do. */
  problems(all: LoadedConfig): string[];
}

const variables = new Map<ConfigClass, EnvVariable[]>();
const titles = new Map<ConfigClass, string>();

/** Marks a class as settings that are read from the environment before Nest starts. */
export function Config(title: string) {
  return (target: ConfigClass): void => {
    titles.set(target, title);
  };
}

/** Reads a property of a `@Config()` class from an environment variable. */
export function Env<T>(name: string, options: EnvOptions<T>): PropertyDecorator {
  return (target, property) => {
    const owner = target.constructor as ConfigClass;
    const list = variables.get(owner) ?? [];
    list.push({ name, property: String(property), options });
    variables.set(owner, list);
  };
}

/** Every declared settings class with its title and variables, in the order of declaration. */
export function describeConfig(): { title: string; type: ConfigClass; variables: readonly EnvVariable[] }[] {
  return [...titles].map(([type, title]) => ({ type, title, variables: variables.get(type) ?? [] }));
}

/** All that is wrong with the environment, in one message; it names variables and never their values. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The validated settings of this process, one object for each class. */
export class LoadedConfig {
  constructor(private readonly values: ReadonlyMap<ConfigClass, object>) {}

  get<T extends object>(type: ConfigClass<T>): T {
    const value = this.values.get(type);
    if (!value) throw new Error(`${type.name} bears no @Config(), or is not imported by a module.`);
    return value as T;
  }

  entries(): IterableIterator<[ConfigClass, object]> {
    return this.values.entries();
  }
}

/**
 * Reads and validates every declared settings class.
 *
 * @throws ConfigError with every problem of every variable at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv): LoadedConfig {
  const problems: string[] = [];
  const values = new Map<ConfigClass, object>();

  for (const { type, variables: declared } of describeConfig()) {
    const instance = new type() as Record<string, unknown>;
    for (const { name, property, options } of declared) {
      const raw = env[name]?.trim();
      try {
        // An empty variable is an unset one: Compose and CI pass `NAME=` for what nobody set.
        instance[property] = raw ? options.parse(raw) : defaultOf(options, env);
      } catch (error) {
        problems.push(`${name} ${error instanceof Error ? error.message : 'is not valid'}.`);
      }
    }
    values.set(type, instance);
  }

  const loaded = new LoadedConfig(values);
  // Rules across variables look at what could be read; a variable that could not is undefined and already reported.
  for (const instance of values.values()) problems.push(...problemsOf(instance, loaded));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return loaded;
}

function defaultOf(options: EnvOptions<unknown>, env: NodeJS.ProcessEnv): unknown {
  return typeof options.default === 'function'
    ? (options.default as (env: NodeJS.ProcessEnv) => unknown)(env)
    : options.default;
}

function problemsOf(instance: object, loaded: LoadedConfig): string[] {
  return 'problems' in instance && typeof instance.problems === 'function'
    ? (instance as HasProblems).problems(loaded)
    : [];
}
