/**
 * Log lines for a person at a terminal: the time, what happened, and the fields that help to understand it. What leaves
 * it out (address, process, host) is in the JSON of the same event, which is what everything but a terminal gets.
 */

type Event = Readonly<Record<string, unknown>>;

const labels: Readonly<Record<string, { readonly text: string; readonly color: string }>> = {
  fatal: { text: 'FATAL', color: '31' },
  error: { text: 'ERROR', color: '31' },
  warn: { text: 'warn', color: '33' },
  info: { text: '', color: '' },
  debug: { text: 'debug', color: '2' },
  trace: { text: 'trace', color: '2' },
};

/** Said in the line itself, or the same in every line. */
const leftOut = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'err',
  'audit',
  'type',
  'outcome',
  'actor',
  'address',
  'method',
  'route',
  'status',
  'milliseconds',
]);

/** What a program or a stranger wrote cannot move the cursor, colour the terminal or begin a line. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return plain(text);
}

function headline(event: Event): string {
  const { msg, method, route, status, milliseconds, audit, type, outcome } = event;
  if (msg === 'request' && typeof status === 'number') {
    return `${shown(method)} ${shown(route)} ${status} in ${Math.round(Number(milliseconds))} ms`;
  }
  return audit === true ? `${shown(type)}${outcome === 'success' ? '' : ` (${shown(outcome)})`}` : shown(msg);
}

/** The stack of an error and of what caused it, each line below the event's. */
function stackOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) {
    return [];
  }
  const { stack, message, cause } = error as Readonly<Record<string, unknown>>;
  const text = typeof stack === 'string' ? stack : shown(message ?? error);
  return [...text.split('\n').map((line) => `    ${plain(line.trim())}`), ...stackOf(cause)];
}

/** `name=value`, what an audit event details among it. */
function fieldsOf(event: Event): string {
  const { detail, ...rest } = event;
  const isGroup = typeof detail === 'object' && detail !== null && !Array.isArray(detail);
  // The reference that pages show, where somebody may look for it.
  const needsReference = event['level'] !== 'info' || Number(event['status'] ?? 0) >= 400;
  return Object.entries(isGroup ? { ...rest, ...detail } : event)
    .filter(([name]) => !leftOut.has(name) && (name !== 'requestId' || needsReference))
    .map(([name, value]) => `${plain(name)}=${shown(value)}`)
    .join(' ');
}

/**
 * @param json a line of the log
 * @param colors whether the terminal shows them
 * @returns the same event for people, with a newline; the line itself where it is no JSON
 */
export function toReadable(json: string, colors: boolean): string {
  let event: Event;
  try {
    event = JSON.parse(json) as Event;
  } catch {
    return json;
  }
  const paint = (text: string, color: string): string =>
    colors && color !== '' && text !== '' ? `\u001B[${color}m${text}\u001B[0m` : text;
  const { text = '', color = '' } = labels[String(event['level'])] ?? {};
  const time = new Date(String(event['time'])).toTimeString().slice(0, 8);
  const parts = [paint(time, '2'), paint(text, color), paint(headline(event), color), paint(fieldsOf(event), '2')];
  const lines = [
    parts.filter((part) => part !== '').join('  '),
    ...stackOf(event['err']).map((line) => paint(line, '2')),
  ];
  return `${lines.join('\n')}\n`;
}
