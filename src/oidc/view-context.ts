/** What the layout of every page gets from its request: the language, and the form that changes it. */
import type { ViewContext } from '../views/models.ts';
import { assetsPath, languagePath } from './endpoints.ts';
import { requestContext } from './request-context.ts';

export function viewContextOf(request: object): ViewContext {
  const { locale, page, languageToken } = requestContext(request);
  return { locale, assetsPath, languageForm: { action: languagePath, page, csrf: languageToken } };
}
