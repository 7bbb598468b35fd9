/** Stylesheets of a colour: made when a page first links to them, and cached for the most recent colours. */
import { LRUCache } from 'lru-cache';
import { makeAsset, type Asset } from './assets.ts';
import { markStylesheet, themeStylesheet } from './theme.ts';

/** `theme`: the accents of a page. `mark`: the server's own mark, which keeps the brand's colour on every page. */
type ThemeKind = 'theme' | 'mark';

export interface Themes {
  /** @param color as `parseColor` returns it */
  pathOf(kind: ThemeKind, color: string): string;
  find(path: string): Asset | undefined;
}

/** Maximum number of stylesheets in the cache. It is bounded, since anyone can request any colour. */
const maxCached = 64;

export function createThemes(): Themes {
  const sheets = new LRUCache<string, Asset>({
    max: maxCached,
    memoMethod: (name) => {
      const [kind = '', digits = ''] = name.split('-');
      const body = kind === 'mark' ? markStylesheet(`#${digits}`) : themeStylesheet(`#${digits}`);
      return makeAsset(`${name}.css`, 'text/css; charset=utf-8', Buffer.from(body));
    },
  });
  const make = (kind: ThemeKind, color: string): Asset => sheets.memo(`${kind}-${color.slice(1)}`);
  return {
    pathOf: (kind, color) => make(kind, color).path,
    find: (path) => {
      const [, kind, digits] = /^(theme|mark)-([0-9a-f]{6})-[0-9a-f]{12}\.css$/.exec(path) ?? [];
      if ((kind !== 'theme' && kind !== 'mark') || digits === undefined) {
        return undefined;
      }
      const found = make(kind, `#${digits}`);
      return found.path === path ? found : undefined;
    },
  };
}
