/**
 * Escaping for pages. The escape function of every template is {@link escapeForHtml}. It escapes every string; only a
 * {@link Markup} is left as it is. Markup is made here and in the catalogues, from parts that were escaped one by one.
 */
const brand = Symbol('markup');

/** HTML that was made from escaped parts. */
export interface Markup {
  readonly [brand]: true;
  readonly html: string;
  toString(): string;
}

/** Declares `html` safe. It is not escaped: each part must be a literal or already be escaped by the caller. */
export function trustedMarkup(html: string): Markup {
  return { [brand]: true, html, toString: () => html };
}

function isMarkup(value: unknown): value is Markup {
  return typeof value === 'object' && value !== null && brand in value;
}

/*
 * Control and format characters in a value (right-to-left overrides, zero-width spaces) can make one name look like
 * another. They are removed, except line breaks, tabs, and the joiners that Arabic, Devanagari and emoji need.
 */
const deceptive =
  /(?<![\p{scx=Arab}\p{scx=Deva}\p{Emoji_Presentation}\p{Emoji_Modifier}\u{FE0F}])[\u{200C}\u{200D}]|(?![\n\t])(?!\u{200C}|\u{200D})[\p{Cc}\p{Cf}]/gu;

/** Removes characters that are invisible or change the direction of text. */
export function withoutDeceptiveCharacters(value: string): string {
  return value.replace(deceptive, '');
}

/** Shows invisible characters as `\u{…}`, for comparing values that may contain them. */
export function withVisibleCharacters(value: string): string {
  return value.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes for text and for quoted attributes. */
export function escapeText(value: string): string {
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/**
 * The escape function of the HTML templates.
 *
 * @throws TypeError for `undefined` and `null` (a variable that does not exist) and for other objects than markup
 */
export function escapeForHtml(value: unknown): string {
  if (isMarkup(value)) {
    return value.html;
  }
  return escapeText(withoutDeceptiveCharacters(printable(value)));
}

/**
 * The same for templates of plain text, where nothing needs escaping.
 * @throws TypeError as {@link escapeForHtml} does.
 */
export function passAsText(value: unknown): string {
  return withoutDeceptiveCharacters(printable(value));
}

function printable(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return String(value);
  }
  throw new TypeError(
    value === undefined || value === null
      ? `an unknown variable was printed (${value})`
      : `a ${typeof value} cannot be printed`,
  );
}

/**
 * Returns the address if a page may link to it, else `#`. An address that runs a script or contains a document itself
 * is not linked. An app's own scheme (`com.example.app:/signed-out`) is allowed like https.
 */
export function linkable(address: string): string {
  return URL.canParse(address) && /^(?:javascript|data|vbscript|blob|file):$/.test(new URL(address).protocol)
    ? '#'
    : address;
}

/** Returns the address of a web page if it may be linked (https, or http on this machine), else undefined. */
export function webPage(address: string | undefined): string | undefined {
  const url = address === undefined ? null : URL.parse(address);
  const isLocal = url?.protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url?.protocol === 'https:' || isLocal ? address : undefined;
}

/** Makes a link of each http or https address in a text, for mails on the outbox page. */
export function linkAddresses(text: string): Markup {
  const html = text.split(/(https?:\/\/[^\s<>"']+)/).map((part, index) => {
    const escaped = escapeText(withoutDeceptiveCharacters(part));
    return index % 2 === 1 ? `<a href="${escaped}">${escaped}</a>` : escaped;
  });
  return trustedMarkup(html.join(''));
}
