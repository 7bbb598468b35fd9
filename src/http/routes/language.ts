/** The target of the form at the foot of every page, with which users pick their language. */
import { Router } from '@koa/router';
import { InvalidInputError } from '../../errors.ts';
import { languagePath } from '../../oidc/endpoints.ts';
import type { Views } from '../../views.ts';
import { seeOther } from '../page.ts';
import type { PickedLanguage } from '../picked-language.ts';

export function languageRoutes(deps: {
  readonly pickedLanguage: PickedLanguage;
  readonly views: Pick<Views, 'locales'>;
}): Router {
  const { pickedLanguage, views } = deps;
  const router = new Router();
  router.get(languagePath, (ctx) => seeOther(ctx, '/'));
  router.post(languagePath, async (ctx) => {
    const { page, language } = await pickedLanguage.read(ctx);
    if (!views.locales.includes(language)) {
      throw new InvalidInputError('language: expected one of the languages of this server.', 'language');
    }
    pickedLanguage.remember(ctx, language);
    seeOther(ctx, page);
  });
  return router;
}
