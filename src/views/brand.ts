/** The server's own name, logo, colour and links, as the operator configured them, checked and ready for templates. */
import { makeAsset, type Asset, type Assets } from './assets.ts';
import { accentsOf, backgrounds, defaultColor, parseColor, type Accents } from './theme.ts';

export interface Brand {
  readonly name: string;
  /**
   * An https address, a path on this server (`/assets/gate.svg` for a file among the assets), or that file's name
   * alone.
   */
  readonly logo?: string;
  /** The logo for dark mode; {@link logo} by default. */
  readonly logoDark?: string;
  /** Whether the name is shown beside the logo; true by default. */
  readonly showName?: boolean;
  /** `#rgb` or `#rrggbb`. */
  readonly color?: string;
  /** The address where users get help: a mail address, `tel:` and a number, or an https address. */
  readonly supportContact?: string;
  /** https addresses. */
  readonly privacyUrl?: string;
  readonly termsUrl?: string;
}

/** The brand for templates; the addresses of pictures depend on where assets are served. */
export interface PageBrand {
  readonly name: string;
  readonly showsName: boolean;
  readonly logo: string | undefined;
  readonly logoDark: string | undefined;
  /** The address of the icon in the browser's tab. */
  readonly icon: string;
  /** `text` is present if the address can be shown to users: a mail address or a telephone number. */
  readonly support: { readonly address: string; readonly text: string | undefined } | undefined;
  readonly privacyUrl: string | undefined;
  readonly termsUrl: string | undefined;
  /** Colours of mails, which link no stylesheet. */
  readonly accents: { readonly light: Accents; readonly dark: Accents };
  readonly backgrounds: typeof backgrounds;
}

export interface BrandForPages {
  /** `#rrggbb`; undefined for the default colour. */
  readonly color: string | undefined;
  /** @param assetsPath where assets are served, without a slash at the end */
  for(assetsPath: string): PageBrand;
  /** The built-in icon in the brand's colour; undefined if another icon or the default colour is used. */
  readonly icon: Asset | undefined;
}

/** The file name of the icon. It has the default colours for light and dark pages. */
const iconName = 'favicon.svg';

/**
 * Checks the brand.
 * @param ownIcon whether the operator's folder has an icon, which is then always shown
 * @param problems receives what is wrong, one sentence each
 */
export function createBrand(brand: Brand, assets: Assets, ownIcon: boolean, problems: string[]): BrandForPages {
  const color = brand.color === undefined ? undefined : parseColor(brand.color);
  if (brand.color !== undefined && color === undefined) {
    problems.push(`the brand's colour "${brand.color}" is not written as #rgb or #rrggbb`);
  }
  for (const logo of [brand.logo, brand.logoDark]) {
    const name = logo === undefined ? undefined : assetNamed(logo);
    if (name !== undefined && assets.pathOf(name) === undefined) {
      problems.push(
        `the brand's logo ${logo ?? ''} is not one of the assets: there is no file assets/${name} in the folder of views`,
      );
    }
  }
  const accents = accentsOf(color ?? defaultColor);
  const file = assets.pathOf(iconName);
  const tinted = ownIcon || color === undefined || file === undefined ? undefined : tint(assets.find(file), accents);
  const support = brand.supportContact === undefined ? undefined : contact(brand.supportContact);
  return {
    color,
    icon: tinted,
    for: (assetsPath) => {
      const logo = address(brand.logo, assets, assetsPath);
      return {
        name: brand.name,
        showsName: logo === undefined || brand.showName !== false,
        logo,
        logoDark: address(brand.logoDark, assets, assetsPath),
        icon: ownIcon || logo === undefined ? `${assetsPath}/${tinted?.path ?? file ?? iconName}` : logo,
        support,
        privacyUrl: brand.privacyUrl,
        termsUrl: brand.termsUrl,
        accents,
        backgrounds,
      };
    },
  };
}

/** The built-in icon with the brand's colours in place of the default ones. */
function tint(icon: Asset | undefined, accents: PageBrand['accents']): Asset | undefined {
  const standard = accentsOf(defaultColor);
  return icon === undefined
    ? undefined
    : makeAsset(
        iconName,
        icon.contentType,
        Buffer.from(
          icon.body
            .toString('utf8')
            .replaceAll(standard.light['accent-text'], accents.light['accent-text'])
            .replaceAll(standard.dark['accent-text'], accents.dark['accent-text']),
        ),
      );
}

/** The name of the asset at a logo's address on this server; undefined for any other address. */
function assetNamed(logo: string): string | undefined {
  return /^\/assets\/(.+)$/.exec(logo)?.[1];
}

/** Where pages load a logo from. Unlike an app's logo, it may be on another server, since the operator chose it. */
function address(logo: string | undefined, assets: Assets, assetsPath: string): string | undefined {
  if (logo === undefined) {
    return undefined;
  }
  const own = assets.pathOf(assetNamed(logo) ?? logo);
  if (own !== undefined) {
    return `${assetsPath}/${own}`;
  }
  // A path on this server. In mails the address of the assets is absolute, so the logo's address must be, too.
  if (/^\/(?![/\\])/.test(logo)) {
    return `${URL.parse(assetsPath)?.origin ?? ''}${logo}`;
  }
  return logo.startsWith('https://') ? logo : undefined;
}

function contact(text: string): NonNullable<PageBrand['support']> {
  if (text.startsWith('https://')) {
    return { address: text, text: undefined };
  }
  const number = /^tel:(.+)$/.exec(text)?.[1];
  return number === undefined
    ? { address: `mailto:${text}`, text }
    : { address: `tel:${number.replaceAll(/[^+\d]/g, '')}`, text: number };
}
