/**
 * Reads the part of YAML in which the catalogues of this project are written: maps that are indented by two spaces, and
 * texts on one line, plain or in quotation marks, without escapes. The YAML library takes many times as long, which
 * delays every start. Whatever else a file contains, the library reads it, which also reports its mistakes.
 */
interface SimpleMap {
  [key: string]: string | SimpleMap;
}

const line = /^( *)(?:([A-Za-z][\w-]*)|'([\w-]+)'):(?: (.*))?$/;
/** A plain text that no other rule of YAML applies to: no number, no word such as `null`, no comment, no nested map. */
const plain = /^(?!(?:true|false|null|yes|no|on|off)$)[\p{L}(„“«¿¡…](?:(?!: | #|:$).)*(?<! )$/iu;
const singleQuoted = /^'((?:[^']|'')*)'$/;
const doubleQuoted = /^"([^"\\]*)"$/;

/** @returns undefined if the text contains anything else */
export function readSimpleYaml(text: string): SimpleMap | undefined {
  const root: SimpleMap = {};
  const open: SimpleMap[] = [root];
  /** The key of the previous line, if it has no text: the next line must be deeper. */
  let awaitsMap: string | undefined;
  for (const row of text.split('\n')) {
    if (row === '' || row.startsWith('#')) {
      continue;
    }
    const [, indent = '', plainKey, quotedKey, value] = line.exec(row) ?? [];
    const key = plainKey ?? quotedKey ?? '';
    const depth = indent.length / 2;
    const deepest = open.length - 1;
    if (
      key === '' ||
      key === '__proto__' ||
      !Number.isInteger(depth) ||
      (awaitsMap === undefined ? depth > deepest : depth !== deepest)
    ) {
      return undefined;
    }
    open.length = depth + 1;
    const map = open[depth];
    if (map === undefined || Object.hasOwn(map, key)) {
      return undefined;
    }
    if (value === undefined) {
      const child: SimpleMap = {};
      map[key] = child;
      open.push(child);
      awaitsMap = key;
      continue;
    }
    const content =
      singleQuoted.exec(value)?.[1]?.replaceAll("''", "'") ??
      doubleQuoted.exec(value)?.[1] ??
      (plain.test(value) ? value : undefined);
    if (content === undefined) {
      return undefined;
    }
    map[key] = content;
    awaitsMap = undefined;
  }
  return awaitsMap === undefined && Object.keys(root).length > 0 ? root : undefined;
}
