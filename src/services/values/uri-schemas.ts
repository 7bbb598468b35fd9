/**
 * The URIs that a client may register. They are compared character by character (RFC 9700 §2.1), so they must not
 * contain anything that a URL parser drops or changes. Web apps use https; native apps use the URIs of RFC 8252 §7.
 */
import { z } from 'zod';
import { quoting } from './validation.ts';

export interface UriRules {
  /**
   * Whether web apps on a loopback host may use plain http: in development, if `ISSUER` itself is plain http, and for a
   * client that is marked as a developer's.
   */
  readonly allowHttpLoopback: boolean;
  /** Whether a private-use scheme may lack a dot, which RFC 8252 §7.1 asks for. */
  readonly allowPrivateScheme?: boolean;
}

const maxUriLength = 2048;
const maxUris = 50;

/** Names below `localhost` are loopback addresses, too (RFC 6761 §6.3). */
function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackLiteral(hostname);
}

function isLoopbackLiteral(hostname: string): boolean {
  return hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

const absoluteUri = z
  .string()
  .max(maxUriLength, { error: `A URI may have at most ${maxUriLength} characters.`, abort: true })
  .regex(/^[\x21-\x7e]+$/, {
    error: quoting('', ' contains white space, control or non-ASCII characters; percent-encode them.'),
    abort: true,
  })
  .refine((uri) => URL.canParse(uri), {
    error: quoting('', ' is not an absolute URI, such as https://app.example/callback.'),
    abort: true,
  })
  .refine((uri) => new URL(uri).username === '' && new URL(uri).password === '', {
    error: quoting('', ' must not contain credentials.'),
    abort: true,
  });

const exactUri = absoluteUri
  .refine((uri) => !uri.includes('#'), {
    error: quoting('', ' must not have a fragment (RFC 6749 §3.1.2).'),
    abort: true,
  })
  .refine((uri) => !uri.includes('*'), {
    error: quoting('', ' must not contain "*": URIs are compared exactly (RFC 9700 §2.1).'),
    abort: true,
  });

function isHttpLoopback(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'http:' && isLoopbackHost(hostname);
}

function requireHttps(schema: z.ZodType<string>, { allowHttpLoopback }: UriRules): z.ZodType<string> {
  return schema
    .refine((uri) => allowHttpLoopback || !isHttpLoopback(uri), {
      error: quoting(
        '',
        ' must use https: plain http on a loopback address is only for clients that are marked as in development.',
      ),
      abort: true,
    })
    .refine((uri) => (new URL(uri).protocol === 'https:' && new URL(uri).hostname !== '') || isHttpLoopback(uri), {
      error: quoting('', ' must use https.'),
      abort: true,
    });
}

/** A URI of a web app. */
export function webUri(rules: UriRules): z.ZodType<string> {
  return requireHttps(exactUri, rules);
}

/**
 * The URI of a page that users may open from the consent page: the app's site, its privacy policy or its terms
 * (`client_uri`, `policy_uri`, `tos_uri`, RFC 7591 §2). Never `javascript:`, which would run a script on our pages.
 * Whether the page exists is not checked.
 */
export function pageUri(rules: UriRules): z.ZodType<string> {
  return requireHttps(absoluteUri, rules);
}

/** Schemes that browsers or operating systems handle themselves. No app can own them. */
const publicSchemes = new Set(
  'about blob chrome content data file filesystem ftp geo intent javascript mailto market sms tel vbscript view-source ws wss'
    .split(' ')
    .map((scheme) => `${scheme}:`),
);

function isWebScheme(uri: string): boolean {
  return ['http:', 'https:'].includes(new URL(uri).protocol);
}

/** A URI whose scheme belongs to an installed app (RFC 8252 §7.1). */
function privateSchemeUri({ allowPrivateScheme = false }: UriRules): z.ZodType<string> {
  return exactUri
    .refine((uri) => !publicSchemes.has(new URL(uri).protocol), {
      error: quoting('The scheme of ', ' belongs to browsers, not to an app.'),
      abort: true,
    })
    .refine((uri) => allowPrivateScheme || new URL(uri).protocol.slice(0, -1).includes('.'), {
      error: quoting(
        'The scheme of ',
        ' must be a reversed domain name such as com.example.app (RFC 8252 §7.1), unless the client is allowed a private scheme without a dot.',
      ),
    });
}

/** Chooses the rules for a URI by its scheme. */
function byScheme(web: z.ZodType<string>, privateUse: z.ZodType<string>): z.ZodType<string> {
  return exactUri.superRefine((uri, context) => {
    const parsed = (isWebScheme(uri) ? web : privateUse).safeParse(uri);
    for (const issue of parsed.error?.issues ?? []) {
      context.addIssue({ code: 'custom', message: issue.message });
    }
  });
}

/**
 * Where a confidential app may return users: its site by https, or the app that belongs to it on a phone or desktop,
 * which hands the code to its server.
 */
export function confidentialUri(rules: UriRules): z.ZodType<string> {
  return byScheme(webUri(rules), privateSchemeUri(rules));
}

/** Whether an app on a device listens on this host (RFC 8252 §7.3 and §8.3). The engine accepts no other ones. */
function isNativeLoopback(uri: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname);
}

/** http on a loopback address, or https on any other host. */
const nativeWebUri = exactUri
  .refine((uri) => !(new URL(uri).protocol === 'https:' && isNativeLoopback(uri)), {
    error: quoting('', ' on a loopback host must use http: no app can claim an https address there (RFC 8252 §7.2).'),
    abort: true,
  })
  .refine((uri) => new URL(uri).protocol === 'https:' || isNativeLoopback(uri), {
    error: quoting(
      '',
      ': a native app listens on http://127.0.0.1/…, http://[::1]/… or http://localhost/… (RFC 8252 §7.3).',
    ),
  });

/**
 * The first web address that cannot be registered beside a private-use scheme: the engine then applies the rules of
 * native apps to all addresses of the client, and would reject every request of the client.
 */
export function conflictWithPrivateScheme(uris: readonly string[]): string | undefined {
  return uris.every(isWebScheme)
    ? undefined
    : uris.find((uri) => isWebScheme(uri) && !nativeWebUri.safeParse(uri).success);
}

/**
 * Where a native app may return users: https, a loopback address with any port (RFC 8252 §7.3), or a private-use
 * scheme (§7.1). `localhost` is allowed with a warning at registration (§8.3).
 */
export function nativeUri(rules: UriRules): z.ZodType<string> {
  return byScheme(nativeWebUri, privateSchemeUri(rules));
}

/** An origin (scheme, host, port) from which a browser app may call the token and userinfo endpoints. */
export function webOrigin(rules: UriRules): z.ZodType<string> {
  return webUri(rules).refine((origin) => new URL(origin).origin === origin, {
    error: ({ input }) => `"${String(input)}" must be an origin alone, such as ${new URL(String(input)).origin}.`,
  });
}

/** A list of URIs without duplicates. */
export function uriList(item: z.ZodType<string>): z.ZodType<readonly string[]> {
  return z
    .array(item)
    .max(maxUris, `At most ${maxUris} are allowed.`)
    .transform((uris) => [...new Set(uris)]);
}
