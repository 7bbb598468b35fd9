/**
 * Computes a set of accents from one colour that an operator or an app chose, so that they are readable in light and
 * dark mode. The colour itself is used where possible. Where the contrast of a text would be below 4.5 : 1 (WCAG 2.2,
 * 1.4.3), or that of an edge below 3 : 1 (1.4.11), its lightness is changed in OKLab, which keeps the hue.
 */
import { InvalidInputError } from '../errors.ts';

/** The colours of buttons, of the text on them, of edges, of text, and of tinted areas; each is `#rrggbb`. */
export type Accents = Readonly<
  Record<'accent' | 'accent-hover' | 'on-accent' | 'accent-edge' | 'accent-text' | 'accent-tint', string>
>;

/** The colour of pages if neither the brand nor the app has one: the same as in views/assets/style.css. */
export const defaultColor = '#17594f';

type Rgb = readonly [number, number, number];

interface Scheme {
  readonly page: Rgb;
  readonly surface: Rgb;
  /** The share of the colour in a tinted area: from 0 to 1. */
  readonly tintShare: number;
  /** Minimum contrast of text in the accent colour. On dark backgrounds it is higher than required, for clarity. */
  readonly textContrast: number;
  /** Whether a lower (-1) or a higher (1) lightness increases the contrast with the surface. */
  readonly direction: -1 | 1;
}

/** The backgrounds in views/assets/style.css, of the page and of cards on it. Accents must contrast with them. */
export const backgrounds = {
  light: { page: '#f5f4f0', surface: '#ffffff' },
  dark: { page: '#121417', surface: '#1b1e23' },
} as const;

const light: Scheme = {
  page: rgb(backgrounds.light.page),
  surface: rgb(backgrounds.light.surface),
  tintShare: 0.09,
  textContrast: 4.6,
  direction: -1,
};
const dark: Scheme = {
  page: rgb(backgrounds.dark.page),
  surface: rgb(backgrounds.dark.surface),
  tintShare: 0.18,
  textContrast: 6,
  direction: 1,
};
const white: Rgb = [1, 1, 1];
const ink: Rgb = rgb('#0b0d10');

/**
 * Normalizes a colour that is written as `#rgb` or `#rrggbb`. Only the result may be written into a stylesheet.
 *
 * @returns lower-case `#rrggbb`, or undefined for any other text
 */
export function parseColor(value: string): string | undefined {
  const match = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec(value.trim());
  const short = match?.[1];
  const digits = short === undefined ? match?.[2] : Array.from(short, (digit) => digit + digit).join('');
  return digits === undefined ? undefined : `#${digits.toLowerCase()}`;
}

/**
 * The stylesheet of one accent colour, for both schemes.
 *
 * @throws InvalidInputError if `color` is neither `#rgb` nor `#rrggbb`.
 */
export function themeStylesheet(color: string): string {
  return stylesheet(color, (accents) => accents);
}

/**
 * The stylesheet of the server's own mark, which an app's colour does not change.
 *
 * @throws InvalidInputError if `color` is neither `#rgb` nor `#rrggbb`.
 */
export function markStylesheet(color: string): string {
  return stylesheet(color, (accents) => ({ mark: accents['accent-text'], 'mark-tint': accents['accent-tint'] }));
}

/** The accents of a colour in both schemes. @throws InvalidInputError if it is neither `#rgb` nor `#rrggbb`. */
export function accentsOf(color: string): { readonly light: Accents; readonly dark: Accents } {
  const parsed = parseColor(color);
  if (parsed === undefined) {
    throw new InvalidInputError('A colour is written as #rgb or #rrggbb.', 'color');
  }
  return { light: accentsIn(light, rgb(parsed)), dark: accentsIn(dark, rgb(parsed)) };
}

function stylesheet(color: string, choose: (accents: Accents) => Readonly<Record<string, string>>): string {
  const accents = accentsOf(color);
  const rules = (scheme: Accents): string =>
    Object.entries(choose(scheme))
      .map(([name, value]) => `--${name}:${value}`)
      .join(';');
  return `:root{${rules(accents.light)}}\n@media (prefers-color-scheme:dark){:root{${rules(accents.dark)}}}\n`;
}

/** WCAG contrast of two colours written as `#rrggbb`: from 1 to 21. */
export function contrast(first: string, second: string): number {
  return contrastOf(rgb(first), rgb(second));
}

function accentsIn(scheme: Scheme, color: Rgb): Accents {
  const tint = mix(scheme.surface, color, scheme.tintShare);
  const text = moveUntil(color, scheme.direction, (candidate) =>
    [scheme.surface, scheme.page, tint].every((behind) => contrastOf(candidate, behind) >= scheme.textContrast),
  );
  const visible =
    scheme.direction === 1 ? moveUntil(color, 1, (candidate) => contrastOf(candidate, scheme.surface) >= 3) : color;
  const [fill, onFill] = fillAndText(visible);
  const darker = moveLightness(fill, -0.05);
  const hover = contrastOf(darker, onFill) >= 4.5 ? darker : moveLightness(fill, 0.05);
  const edge = contrastOf(fill, scheme.surface) >= 3 ? fill : text;
  return {
    accent: hex(fill),
    'accent-hover': hex(hover),
    'on-accent': hex(onFill),
    'accent-edge': hex(edge),
    'accent-text': hex(text),
    'accent-tint': hex(tint),
  };
}

/** A fill near the colour, and the colour of text on it (white or ink) with a contrast of at least 4.5 : 1. */
function fillAndText(color: Rgb): readonly [Rgb, Rgb] {
  if (contrastOf(color, white) >= 4.5) {
    return [color, white];
  }
  if (contrastOf(color, ink) >= 4.6) {
    return [color, ink];
  }
  return [moveUntil(color, -1, (candidate) => contrastOf(candidate, white) >= 4.6), white];
}

function moveUntil(color: Rgb, direction: -1 | 1, isSufficient: (candidate: Rgb) => boolean): Rgb {
  for (let step = 0; step <= 100; step += 1) {
    const candidate = moveLightness(color, (direction * step) / 100);
    if (isSufficient(candidate)) {
      return candidate;
    }
  }
  return direction === 1 ? white : ink;
}

function rgb(color: string): Rgb {
  const part = (at: number): number => Number.parseInt(color.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

function hex(color: Rgb): string {
  return `#${color
    .map((part) =>
      Math.round(Math.min(1, Math.max(0, part)) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function mix(base: Rgb, color: Rgb, share: number): Rgb {
  return [0, 1, 2].map((at) => (base[at] ?? 0) * (1 - share) + (color[at] ?? 0) * share) as unknown as Rgb;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function gamma(part: number): number {
  return part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055;
}

/** Relative luminance (WCAG 2.2) of the colour, rounded to eight bits for each component. */
function luminance(color: Rgb): number {
  const [r, g, b] = rgb(hex(color)).map(linear) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrastOf(first: Rgb, second: Rgb): number {
  const [a, b] = [luminance(first), luminance(second)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/**
 * Changes the lightness in OKLab (Björn Ottosson, 2020). If the result is outside sRGB, chroma is reduced until it
 * fits.
 */
function moveLightness(color: Rgb, by: number): Rgb {
  if (by === 0) {
    return color;
  }
  const [lightness, a, b] = toOklab(color);
  const moved = Math.min(1, Math.max(0, lightness + by));
  for (let chroma = 1; chroma > 0; chroma -= 0.05) {
    const candidate = fromOklab([moved, a * chroma, b * chroma]);
    if (candidate.every((part) => part >= -0.0005 && part <= 1.0005)) {
      return candidate;
    }
  }
  return fromOklab([moved, 0, 0]);
}

function toOklab(color: Rgb): Rgb {
  const [r, g, b] = color.map(linear) as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Rgb): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
