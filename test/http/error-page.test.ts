import { expect } from 'chai';
import type { ErrorKind, ViewModels } from '../../src/views.ts';
import { createErrorPage } from '../../src/oidc/error-page.ts';
import { hostEndpoint } from '../../src/oidc/endpoints.ts';
import { pageOf, setRequestContext } from '../../src/oidc/request-context.ts';

/** The next step that an error page of this kind offers. */
function nextStep(
  kind: ErrorKind,
  request: { readonly method?: string; readonly path: string; readonly search?: string; readonly known?: boolean },
  given?: ViewModels['error']['next'],
): ViewModels['error']['next'] | undefined {
  const { method = 'GET', path, search = '', known = true } = request;
  let shown: ViewModels['error'] | undefined;
  const showError = createErrorPage({
    render: (_name, _context, model) => {
      shown = model as ViewModels['error'];
      return '';
    },
  });
  const req = {};
  const endpoint = known ? hostEndpoint(path, ['GET', 'POST']) : undefined;
  setRequestContext(req, {
    requestId: 'r',
    address: '127.0.0.1',
    locale: 'en',
    developer: false,
    endpoint,
    page: pageOf(method, path + search, endpoint),
    languageToken: '',
    preferLocales: () => {},
    preferLocaleOfAccount: () => {},
  });
  const ctx = { req, status: 0, type: '', body: undefined, set: () => {} };
  showError(ctx as unknown as Parameters<typeof showError>[0], {
    status: 400,
    kind,
    ...(given === undefined ? {} : { next: given }),
  });
  return shown?.next;
}

describe('the next step of an error page', () => {
  it('is to try the same page again, if that may help', () => {
    for (const kind of ['throttled', 'unavailable'] as const) {
      expect(nextStep(kind, { path: '/authorize', search: '?client_id=a&state=b' })).to.deep.equal({
        action: 'retry',
        uri: '/authorize?client_id=a&state=b',
      });
    }
  });

  it('after a form is the page with the form, to which the target of the form leads by GET', () => {
    const posted = { method: 'POST', path: '/account/sign-out', search: '?x=y' };
    expect(nextStep('unavailable', posted)).to.deep.equal({ action: 'retry', uri: '/account/sign-out' });
    expect(nextStep('stale_form', posted)).to.deep.equal({ action: 'reload', uri: '/account/sign-out' });
  });

  it('links to no path that this server does not have, because a browser may read it as a host', () => {
    for (const kind of ['throttled', 'unavailable', 'not_found'] as const) {
      expect(nextStep(kind, { path: '//evil.example/', known: false })?.uri).to.equal('/');
    }
  });

  it('is a sign-in after a used link, the account page for a user who is signed in, and else the start page', () => {
    expect(nextStep('used_link', { path: '/password/x' })).to.deep.equal({ action: 'sign-in', uri: '/account' });
    expect(nextStep('already_signed_in', { path: '/interaction/x' })).to.deep.equal({
      action: 'account',
      uri: '/account',
    });
    for (const kind of ['general', 'expired', 'not_found', 'foreign_form', 'unknown_client'] as const) {
      expect(nextStep(kind, { path: '/' }), kind).to.deep.equal({ action: 'home', uri: '/' });
    }
  });

  it('is the one that the error names, if it names one', () => {
    const next = { action: 'app', uri: 'https://prints.example/', app: 'Prints' } as const;
    expect(nextStep('expired', { path: '/interaction/x' }, next)).to.deep.equal(next);
  });
});
