/** QR codes as the path of an SVG, which a template draws: so no markup is passed to it. */
import { encodeQR } from 'qr';

export interface QrCode {
  /** Modules on each side, with the quiet zone. */
  readonly size: number;
  /** The dark modules, in units of one module (SVG path data). */
  readonly path: string;
}

/** Modules of the quiet zone on each side (ISO/IEC 18004 §9.1). */
const quietZone = 4;

/** @param text at most some hundred characters */
export function qrCode(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const path = rows
    .flatMap((row, y) => row.flatMap((dark, x) => (dark && row[x - 1] !== true ? [[x, y, runLength(row, x)]] : [])))
    .map(([x, y, length]) => `M${x} ${y}h${length}v1h-${length}z`)
    .join('');
  return { size: rows.length, path };
}

/** The number of dark modules in a row from `start` on. */
function runLength(row: readonly boolean[], start: number): number {
  const end = row.indexOf(false, start);
  return (end === -1 ? row.length : end) - start;
}
