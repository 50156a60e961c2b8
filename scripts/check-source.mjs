// House rules of src/ that the linter cannot express:
//  1. `import type` of a class that is needed at run time. SWC writes the types of decorated classes, properties and
//     methods into metadata, which dependency injection and validation read; a type import erases them without a word.
//  2. Comments that switch the linter off (a disable comment would silence the rule against itself).
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/** A class from a file with such a name is injected or validated: it is never imported as a type, used in a decorated place or not. */
const RUNTIME_FILE = /\.(dto|service|repository|config|presenter|policy|guard|module|controller)$/;
const SWITCHED_OFF = /\b(?:eslint|oxlint)-(?:disable|enable)|@ts-(?:ignore|nocheck)\b/;

const files = ['src', 'migrations', 'test', 'bench'].flatMap((folder) => {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
});

const problems = [];
/** Type imports that are wrong if what they name is a class: only the type checker knows. */
const suspects = [];

for (const path of files) {
  if (path === join(root, 'src', 'metadata.ts')) continue;
  const text = readFileSync(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  findSwitches(source, text);
  if (!relative(root, path).startsWith('src') || path.endsWith('spec.ts')) continue;
  findTypeImports(source);
}

function report(source, position, message) {
  const { line, character } = source.getLineAndCharacterOfPosition(position);
  problems.push(`${relative(root, source.fileName)}:${line + 1}:${character + 1}: ${message}`);
}

function findSwitches(source, text) {
  if (!SWITCHED_OFF.test(text)) return;
  const seen = new Set();
  const look = (ranges) => {
    for (const { pos, end } of ranges ?? []) {
      if (!seen.has(pos) && SWITCHED_OFF.test(text.slice(pos, end)))
        report(source, pos, 'no comment may switch a check off');
      seen.add(pos);
    }
  };
  const visit = (node) => {
    look(ts.getLeadingCommentRanges(text, node.pos));
    look(ts.getTrailingCommentRanges(text, node.end));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
}

function findTypeImports(source) {
  const typeImports = new Map();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.importClause) continue;
    const { importClause: clause, moduleSpecifier } = statement;
    const whole = clause.phaseModifier === ts.SyntaxKind.TypeKeyword || clause.isTypeOnly;
    const bindings = clause.namedBindings;
    const names = [
      ...(clause.name && whole ? [clause.name] : []),
      ...(bindings && ts.isNamedImports(bindings)
        ? bindings.elements.filter((element) => whole || element.isTypeOnly).map((element) => element.name)
        : []),
      ...(bindings && ts.isNamespaceImport(bindings) && whole ? [bindings.name] : []),
    ];
    for (const name of names) {
      typeImports.set(name.text, name);
      if (RUNTIME_FILE.test(moduleSpecifier.text)) suspects.push({ source, name, at: name });
    }
  }
  if (typeImports.size === 0) return;

  const isDecorated = (node) => ts.canHaveDecorators(node) && (ts.getDecorators(node)?.length ?? 0) > 0;
  const lookAtType = (type) => {
    if (!type) return;
    if (ts.isTypeReferenceNode(type)) {
      let name = type.typeName;
      while (ts.isQualifiedName(name)) name = name.left;
      const imported = typeImports.get(name.text);
      if (imported) suspects.push({ source, name: type.typeName, at: type, imported });
    } else if (ts.isUnionTypeNode(type) || ts.isParenthesizedTypeNode(type)) {
      // `Foo | null` is written into the metadata as Foo.
      for (const part of type.types ?? [type.type]) lookAtType(part);
    }
  };
  const lookAtParameters = (node) => node.parameters.forEach((parameter) => lookAtType(parameter.type));
  const visit = (node) => {
    if (ts.isClassLike(node)) {
      for (const member of node.members) {
        if (ts.isConstructorDeclaration(member)) {
          if (isDecorated(node) || member.parameters.some(isDecorated)) lookAtParameters(member);
        } else if (ts.isPropertyDeclaration(member)) {
          if (isDecorated(member)) lookAtType(member.type);
        } else if (ts.isMethodDeclaration(member) || ts.isAccessor(member)) {
          if (isDecorated(member) || member.parameters.some(isDecorated)) {
            lookAtParameters(member);
            if (ts.isAccessor(member)) lookAtType(member.type);
          }
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

if (suspects.length > 0) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root, {
    noEmit: true,
    skipLibCheck: true,
    types: [],
  });
  const program = ts.createProgram([...new Set(suspects.map(({ source }) => source.fileName))], options);
  const checker = program.getTypeChecker();
  const reported = new Set();
  for (const { source, name, at } of suspects) {
    // The program has its own tree of the same text: find the same place in it.
    let node = program.getSourceFile(source.fileName);
    for (let next = node; next;) {
      node = next;
      next = ts.forEachChild(node, (child) =>
        child.pos <= name.getStart(source) &&
        child.end >= name.end &&
        !(child.kind === name.kind && child.end !== name.end)
          ? child
          : undefined,
      );
      if (node.kind === name.kind && node.end === name.end && node.getStart() === name.getStart(source)) break;
    }
    let symbol = checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    if (!symbol || !(symbol.flags & ts.SymbolFlags.Class)) continue;
    const key = `${source.fileName}:${at.getStart(source)}`;
    if (reported.has(key)) continue;
    reported.add(key);
    report(source, at.getStart(source), `${symbol.name} is a class needed at run time: import it without "type"`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
