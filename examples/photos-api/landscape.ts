/** Draws a small landscape as SVG. The same title always gives the same picture. The picture contains no text. */
import { createHash } from 'node:crypto';

/** The colors of the upper sky, the lower sky, the sun, and three hills from far to near. */
const palettes = [
  ['#f6c667', '#f9e6bf', '#fff6df', '#c9b28b', '#8d8a6b', '#4c5b4a'],
  ['#9fd0c3', '#e9f5ec', '#fffbe3', '#93bda4', '#5b8f77', '#2c5a4c'],
  ['#f2a97e', '#fbe0cc', '#fff1dc', '#d98f6c', '#a95f4a', '#5f3434'],
  ['#34426b', '#8a7fa8', '#f5d7c4', '#5a5f8c', '#3b4270', '#1f2547'],
  ['#8fb8de', '#e4eff7', '#ffffff', '#b8cbdc', '#7d9ab3', '#42607c'],
  ['#e7b4c4', '#f8e6e4', '#fff7ef', '#bf96b3', '#85698f', '#493f63'],
] as const;

export function landscape(title: string): string {
  const seed = createHash('sha256').update(title).digest();
  const at = (index: number): number => (seed[index % seed.length] ?? 0) / 255;
  const [sky, horizon, sun, ...hills] = palettes[(seed[12] ?? 0) % palettes.length] ?? palettes[0];

  const hill = (color: string, layer: number): string => {
    const base = 172 + layer * 36;
    const height = 34 - layer * 6;
    const points = Array.from({ length: 25 }, (_, step) => {
      const angle = step / (3.2 - layer * 0.5) + at(layer + 3) * 6.28;
      return `${step * 16.7} ${(base - Math.sin(angle) * height - Math.sin(angle * 2.3 + at(layer + 7) * 6.28) * height * 0.35).toFixed(1)}`;
    });
    return `<path fill="${color}" d="M${points.join('L')}L401 300H0Z"/>`;
  };

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset=".8" stop-color="${horizon}"/></linearGradient></defs>
<rect width="400" height="300" fill="url(#sky)"/>
<circle cx="${(60 + at(1) * 280).toFixed()}" cy="${(60 + at(2) * 70).toFixed()}" r="${(16 + at(0) * 14).toFixed()}" fill="${sun}"/>
${hills.map(hill).join('\n')}
</svg>`;
}
