/** How the reports write tables and numbers, and describe the machine. */
import { cpus, totalmem } from 'node:os';

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map((_head, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
export const two = (value: number): string => value.toFixed(2);
export const result = (met: boolean): string => (met ? 'met' : '**not met**');

/** Node.js, the platform, the processor and the memory, on one line that the next may follow. */
export function machine(): string {
  const processors = cpus();
  return `Node.js ${process.versions.node}, ${process.platform} ${process.arch}, ${processors.length} × ${processors[0]?.model.trim() ?? 'an unknown processor'},
${whole(totalmem() / 2 ** 30)} GiB`;
}
