import { posix } from 'node:path';
import ts from 'typescript';

export interface Mention {
  readonly line: number;
  readonly text: string;
}

/** What the rules need of one file. Paths are relative to the repository, with forward slashes. */
export interface SourceFacts {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Modules of this repository it imports, resolved; packages are left out. */
  readonly imports: readonly Import[];
  /** Names it exports from other modules, as a door does. */
  readonly passedOn: readonly Mention[];
  /** Functions with their length, without blank lines. */
  readonly functions: readonly (Mention & { readonly length: number })[];
  /** Uses of `Date.now()`, `Math.random()`, `new Date()` without argument, and `process.env`. */
  readonly clocks: readonly Mention[];
  readonly environment: readonly Mention[];
  /** Names of test functions narrowed or switched off: `test.only`, `describe.skip`, `it.todo`. */
  readonly switchedOff: readonly Mention[];
  readonly comments: readonly Mention[];
}

export interface Import extends Mention {
  /** What it takes of the module; `*` is all. */
  readonly names: readonly string[];
  /** Whether nothing of it is left when types are taken away: `import type`. */
  readonly typesOnly: boolean;
}

interface Findings {
  readonly imports: Import[];
  readonly passedOn: Mention[];
  readonly functions: (Mention & { readonly length: number })[];
  readonly clocks: Mention[];
  readonly environment: Mention[];
  readonly switchedOff: Mention[];
}

export function readSource(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, false, scriptKind(path));
  const found: Findings = { imports: [], passedOn: [], functions: [], clocks: [], environment: [], switchedOff: [] };
  const visit = (node: ts.Node): void => {
    const line = (): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    recordImport(node, path, line, found);
    recordFunction(node, file, line, found);
    recordAmbient(node, file, line, found);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, text, lines: text.split('\n').length - 1, ...found, comments: commentsOf(file) };
}

const scriptKind = (path: string): ts.ScriptKind => (path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);

function recordImport(node: ts.Node, path: string, line: () => number, found: Findings): void {
  const specifier = specifierOf(node);
  if (!specifier?.startsWith('.')) return;
  const text = posix.join(posix.dirname(path), specifier);
  found.imports.push({ line: line(), text, names: namesTaken(node), typesOnly: takesTypesOnly(node) });
  if (!ts.isExportDeclaration(node) || !node.exportClause || !ts.isNamedExports(node.exportClause)) return;
  for (const { name } of node.exportClause.elements) found.passedOn.push({ line: line(), text: name.text });
}

function takesTypesOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly);
}

/** The names a mention of a module takes of it, as the module calls them. */
function namesTaken(node: ts.Node): string[] {
  const bindings = ts.isImportDeclaration(node)
    ? node.importClause?.namedBindings
    : ts.isExportDeclaration(node)
      ? node.exportClause
      : undefined;
  if (bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) {
    return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
  }
  if (ts.isImportTypeNode(node) && node.qualifier && ts.isIdentifier(node.qualifier)) return [node.qualifier.text];
  return ts.isImportDeclaration(node) && !node.importClause ? [] : ['*'];
}

function specifierOf(node: ts.Node): string | null {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : null;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return node.argument.literal.text;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return literal(node.arguments[0]);
  // `new URL('./x.ts', import.meta.url)`, as workers and children are named.
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'URL') {
    const named = literal(node.arguments?.[0]);
    return named && /\.tsx?$/.test(named) ? named : null;
  }
  return null;
}

const literal = (node: ts.Node | undefined): string | null => (node && ts.isStringLiteralLike(node) ? node.text : null);

function recordFunction(node: ts.Node, file: ts.SourceFile, line: () => number, found: Findings): void {
  if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
  const length = node
    .getText(file)
    .split('\n')
    .filter((row) => row.trim() !== '').length;
  const name = node.name && ts.isIdentifier(node.name) ? node.name.text : 'a function';
  found.functions.push({ line: line(), text: name, length });
}

const watched = new Set(['now', 'random', 'env', 'skip', 'only', 'todo']);

function recordAmbient(node: ts.Node, file: ts.SourceFile, line: () => number, found: Findings): void {
  if (ts.isNewExpression(node) && node.expression.getText(file) === 'Date' && !node.arguments?.length) {
    found.clocks.push({ line: line(), text: 'new Date()' });
  }
  if (!ts.isPropertyAccessExpression(node) || !watched.has(node.name.text)) return;
  const access = node.getText(file);
  if (/^(Date\.now|Math\.random|performance\.now)$/.test(access)) found.clocks.push({ line: line(), text: access });
  if (access === 'process.env') found.environment.push({ line: line(), text: access });
  if (/^(test|it|describe)(\.\w+)*\.(skip|only|todo)$/.test(access))
    found.switchedOff.push({ line: line(), text: access });
}

/** Comments, and at worst strings that look like one. */
function commentsOf(file: ts.SourceFile): Mention[] {
  const found: Mention[] = [];
  const pattern = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  for (const match of file.text.matchAll(pattern)) {
    found.push({ line: file.getLineAndCharacterOfPosition(match.index).line + 1, text: match[0] });
  }
  return found;
}
