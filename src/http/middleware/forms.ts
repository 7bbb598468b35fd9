/**
 * Reads the forms of our own pages, and accepts them from our own pages only. A field may occur once, as text. A
 * cross-site request (CSRF) is rejected by the origin that the browser sends and by the token in the page.
 */
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import type { Secrets } from '../../crypto/secrets.ts';
import { ForeignFormError, InvalidInputError, StaleFormError, UnsupportedMediaTypeError } from '../../errors.ts';
import { waitForOthers } from '../../storage/request-scope.ts';

/** Bytes: our forms have a few short fields. */
const maxFormBytes = 64 * 1024;

export type Form = ReadonlyMap<string, string>;

export interface Forms {
  /** The CSRF token of a page's forms. `binding` identifies the browser's interaction, session or link. */
  token(binding: string): string;
  /**
   * Reads a posted form and checks that it was sent by the page with this binding, which may depend on its fields.
   * @throws ForeignFormError, StaleFormError, InvalidInputError
   */
  read(ctx: Context, binding: string | ((form: Form) => string)): Promise<Form>;
}

/**
 * Whether the browser reports that another origin sent the request: in `Sec-Fetch-Site`, or in `Origin` if the browser
 * is old (Safari before 16.4) or a privacy proxy removes the first. `Origin: null` has no meaning here: because of our
 * `Referrer-Policy: no-referrer` these browsers send it from our own pages, too (Fetch §3.1). Then the token decides.
 */
function isCrossOrigin(ctx: Context, origin: string): boolean {
  const site = ctx.get('sec-fetch-site');
  if (site !== '') {
    return site !== 'same-origin';
  }
  return !['', 'null', origin].includes(ctx.get('origin'));
}

async function readBody(ctx: Context): Promise<string> {
  if (ctx.is('application/x-www-form-urlencoded') === false) {
    throw new UnsupportedMediaTypeError('A form is sent as application/x-www-form-urlencoded.');
  }
  if (ctx.get('content-encoding') !== '') {
    throw new UnsupportedMediaTypeError('A form is sent without a content encoding.');
  }
  const length = ctx.request.length;
  const options = { limit: maxFormBytes, ...(length === undefined ? {} : { length }) };
  const bytes = await waitForOthers(() => getRawBody(ctx.req, options));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError('The form is not UTF-8.');
  }
}

/** @throws InvalidInputError for a repeated field, or a NUL character, which no text field sends */
function parse(body: string): Form {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) {
      throw new InvalidInputError(`The field "${name.slice(0, 50)}" was sent twice; expected once.`);
    }
    if (value.includes('\0')) {
      throw new InvalidInputError(`The field "${name.slice(0, 50)}" contains a NUL character.`);
    }
    form.set(name, value);
  }
  return form;
}

export function createForms(deps: { readonly issuer: string; readonly secrets: Secrets }): Forms {
  const { issuer, secrets } = deps;
  const { origin } = new URL(issuer);
  return {
    token: (binding) => secrets.mac('form', binding),
    read: async (ctx, binding) => {
      if (isCrossOrigin(ctx, origin)) {
        throw new ForeignFormError();
      }
      const form = parse(await readBody(ctx));
      if (!secrets.verifyMac('form', typeof binding === 'string' ? binding : binding(form), form.get('csrf') ?? '')) {
        throw new StaleFormError();
      }
      return form;
    },
  };
}
