/**
 * Compiles every template at start, and checks its syntax, the variables and messages that it uses, and the parts
 * that it includes. Problems contain file and line.
 */
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { Eta } from 'eta/core';
import { LRUCache } from 'lru-cache';

/** The variables that every template has. */
const commonVariables = new Set(['page']);

export interface Template {
  /** The path in the folder of views, without `.eta`. */
  readonly name: string;
  readonly file: string;
}

interface TemplateRules {
  /** The variables of a page or mail; undefined for parts and layouts, which declare theirs in the first line. */
  variablesOf(name: string): ReadonlySet<string> | undefined;
  knowsMessage(key: string): boolean;
}

interface Compiled {
  readonly render: ReturnType<Eta['compile']>;
  readonly tags: ReturnType<Eta['parse']>;
}

interface Templates {
  /** @throws Error with file and line, if the template fails */
  render(name: string, data: object): string;
}

const functionHeader = 'const { t, rich, date, ago, time, duration, asset, path } = it.page;';
const compiler = new Eta({ autoEscape: true, debug: true, functionHeader });

/**
 * The templates that were compiled before, by their source. The code that Eta generates reads its settings and the
 * escape function when it runs, so that all servers of a process share it.
 */
const compiledBefore = new LRUCache<string, Compiled>({ max: 1000 });

/** @throws Error for a wrong syntax */
function compile(source: string): Compiled {
  const known = compiledBefore.get(source);
  if (known !== undefined) {
    return known;
  }
  const compiled = { render: compiler.compile(source), tags: compiler.parse(source) };
  compiledBefore.set(source, compiled);
  return compiled;
}

/** Compiles templates before a server needs them. */
export function compileAhead(templates: readonly Template[]): void {
  for (const { file } of templates) {
    compile(readFileSync(file, 'utf8'));
  }
}

/**
 * Compiles templates that share one escape function.
 *
 * @param problems receives what is wrong, one sentence each with file and line
 */
export function compileTemplates(
  templates: readonly Template[],
  escape: (value: unknown) => string,
  rules: TemplateRules,
  problems: string[],
): Templates {
  const eta = new Eta({
    autoEscape: true,
    debug: true,
    escapeFunction: escape,
    functionHeader,
  });
  eta.RuntimeErr = failAt;
  const names = new Set(templates.map(({ name }) => name));
  for (const template of templates) {
    const source = readFileSync(template.file, 'utf8');
    let compiled: Compiled;
    try {
      compiled = compile(source);
    } catch (error) {
      problems.push(describeSyntaxError(template.file, source, error));
      continue;
    }
    const { render, tags } = compiled;
    eta.loadTemplate(`@${template.name}`, function withFilePath(data, options) {
      return render.call(this, data, { ...options, filepath: template.file });
    });
    problems.push(...check(tags, template, source, names, rules));
  }
  return { render: (name, data) => eta.render(`@${name}`, data) };
}

function check(
  tags: Compiled['tags'],
  template: Template,
  source: string,
  names: ReadonlySet<string>,
  rules: TemplateRules,
): string[] {
  const problems: string[] = [];
  const known = rules.variablesOf(template.name) ?? declaredVariables(source);
  if (known === undefined) {
    return [
      `${template.file}:1: the first line must list the variables of the part: <%/* takes: one, two */%>, or <%/* takes: nothing */%>`,
    ];
  }
  for (const tag of tags) {
    if (typeof tag === 'string') {
      continue;
    }
    const report = (sentence: string): number => problems.push(`${template.file}:${tag.lineNo ?? 1}: ${sentence}`);
    for (const [, name = ''] of tag.val.matchAll(/(?<![\w$.])it\.([A-Za-z_$][\w$]*)/g)) {
      if (!known.has(name) && !commonVariables.has(name)) {
        report(`there is no variable "${name}" here; the variables are: ${[...known].join(', ') || 'none'}`);
      }
    }
    for (const [, key = ''] of tag.val.matchAll(/(?<![\w$.])(?:t|rich)\(\s*'([^']+)'\s*[,)]/g)) {
      if (!rules.knowsMessage(key)) {
        report(`no message has the key "${key}" in English`);
      }
    }
    for (const [, part = ''] of tag.val.matchAll(/(?<![\w$.])(?:include|layout)\(\s*'@([^']+)'/g)) {
      if (!names.has(part)) {
        report(`there is no template "${part}.eta"`);
      }
    }
  }
  return problems;
}

function declaredVariables(source: string): ReadonlySet<string> | undefined {
  const declared = /^<%\/\*\s*takes:([^*]*)\*\/%>/.exec(source)?.[1];
  if (declared === undefined) {
    return undefined;
  }
  return new Set(
    declared
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== 'nothing'),
  );
}

/** Adds file and line to the message of a template's error. An error in an included part keeps its own. */
function failAt(error: Error, _source: string, line: number, file: string): never {
  if (error.name === 'TemplateError') {
    throw error;
  }
  const failure = new Error(`${file}:${line}: ${error.message}`, { cause: error });
  failure.name = 'TemplateError';
  throw failure;
}

/**
 * Describes a syntax error with its line. Eta reports the line of a tag that is not closed, but not the line of an
 * error in the code inside a tag. So the code that Eta generates is compiled again: the position of the error in it,
 * and the `__eta.line` assignments before that position, give the line in the template.
 */
function describeSyntaxError(file: string, source: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const known = /^(.*?) at line (\d+) col \d+/.exec(message);
  if (known !== null) {
    return `${file}:${known[2]}: ${known[1]}`;
  }
  const generated = compiler.compileToString(source);
  try {
    void new Script(`(function (it, options) {\n${generated}\n})`, { filename: 'template' });
  } catch (syntaxError) {
    const stack = syntaxError instanceof Error ? (syntaxError.stack ?? '') : '';
    const place = Number(/^template:(\d+)/.exec(stack)?.[1] ?? Number.NaN);
    const before = generated
      .split('\n')
      .slice(0, Number.isNaN(place) ? undefined : place - 1)
      .join('\n');
    const line = Array.from(before.matchAll(/__eta\.line=(\d+)/g)).at(-1)?.[1] ?? '1';
    return `${file}:${line}: ${syntaxError instanceof Error ? syntaxError.message : message}`;
  }
  return `${file}:1: ${message}`;
}
