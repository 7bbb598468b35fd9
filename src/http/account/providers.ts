/**
 * The page on which users see, add and remove the accounts at other identity providers with which they sign in. Adding
 * and removing needs a fresh confirmation of who the user is.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { ConflictError, NotFoundError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { UpstreamLinks } from '../../services/upstream/upstream-links.ts';
import type { UpstreamService } from '../../services/upstream/upstreams.ts';
import type { UpstreamDocument, UserDocument } from '../../storage/collections.ts';
import type { ViewModels } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import type { FindProblem } from '../login/upstream.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { UpstreamSignIn } from '../upstream-sign-in.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface ProviderRouteDependencies {
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly frame: AccountFrame;
  readonly findProblem: FindProblem;
  readonly upstreams: UpstreamService;
  readonly links: UpstreamLinks;
  readonly signIn: UpstreamSignIn;
  /** Whether the user can sign in without any other provider. */
  readonly hasOtherWay: (user: UserDocument) => Promise<boolean>;
}

type Model = ViewModels['account/providers'];

/** Seconds since the user confirmed who they are: for a form. */
const confirmedForForm = 5 * 60;
/** The same for the answer of a provider, which may take a while. */
const confirmedForAnswer = 20 * 60;
const page = returnPages.providers;

function present({ name, icon }: UpstreamDocument) {
  return { name, ...(icon === undefined ? {} : { icon }) };
}

/** The row of the page about security: the linked providers. Absent where there is no other provider. */
export function createProvidersRow({
  links,
  upstreams,
}: Pick<ProviderRouteDependencies, 'links' | 'upstreams'>): FindSecurityRow {
  return async (_ctx, { _id }) => {
    const all = await upstreams.list();
    if (all.length === 0) {
      return undefined;
    }
    const own = await links.listByUser(_id);
    const names = all.filter((upstream) => own.some(({ upstreamId }) => upstreamId === upstream._id));
    return {
      name: 'providers',
      state: names.length === 0 ? 'none' : 'some',
      href: page,
      value: names.map(({ name }) => name).join(', '),
    };
  };
}

export function providerRoutes(deps: ProviderRouteDependencies): Router {
  const { login, forms, notices, frame, findProblem, upstreams, links, signIn, hasOtherWay } = deps;
  const router = new Router();

  async function noticeOf(ctx: Context): Promise<Model['notice']> {
    const done = notices.takeWithSubject(ctx, ['provider-linked', 'provider-unlinked']);
    const provider = done === undefined ? null : await upstreams.find(done.about);
    return done === undefined || provider === null
      ? findProblem(ctx)
      : { code: done.code === 'provider-linked' ? 'linked' : 'removed', provider: provider.name };
  }

  frame.page(router, 'providers', async (ctx, signedIn) => {
    const { session, user } = signedIn;
    const [own, all] = [await links.listByUser(user._id), await upstreams.list()];
    const mayRemove = own.length > 1 || (await hasOtherWay(user));
    const notice = await noticeOf(ctx);
    await frame.show(ctx, signedIn, 'account/providers', {
      csrf: frame.csrf(session),
      ...(notice === undefined ? {} : { notice }),
      links: own.flatMap(({ _id, upstreamId, email, createdAt, lastUsedAt }) => {
        const upstream = all.find((one) => one._id === upstreamId);
        return upstream === undefined
          ? []
          : [
              {
                provider: present(upstream),
                ...(email === undefined ? {} : { email }),
                linkedAt: createdAt,
                lastUsedAt,
                ...(mayRemove ? { action: `${page}/links/${_id}/remove` } : {}),
              },
            ];
      }),
      available: all.map((upstream) => ({ ...present(upstream), action: `${page}/${upstream._id}/link` })),
    });
  });

  /** A form of the page. GET leads to the page. */
  function form(path: string, act: (ctx: Context, signedIn: AccountUser) => Promise<void>): void {
    router.get(path, (ctx) => seeOther(ctx, page));
    router.post(path, async (ctx) => {
      const signedIn = await frame.findConfirmed(ctx, 'providers', confirmedForForm);
      if (signedIn !== undefined) {
        await forms.read(ctx, login.bindingOf(signedIn.session));
        await act(ctx, signedIn);
      }
    });
  }

  form(`${page}/:id/link`, async (ctx, { session }) => {
    const id = String(ctx['params']['id']);
    const target = await signIn.begin(id, { kind: 'session', uid: session.uid }, { selectAccount: true });
    if ('problem' in target) {
      notices.leave(ctx, `provider-${target.problem}`, id);
      seeOther(ctx, page);
      return;
    }
    seeOther(ctx, target.href);
  });

  router.get(`${page}/:id/answer`, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'providers', confirmedForAnswer);
    if (signedIn === undefined) {
      return;
    }
    const { session, user } = signedIn;
    const id = String(ctx['params']['id']);
    const visit = await signIn.finish(ctx, id, { kind: 'session', uid: session.uid });
    if (visit !== undefined && 'problem' in visit) {
      notices.leave(ctx, `provider-${visit.problem}`, id);
    } else if (visit !== undefined) {
      try {
        await links.link(user._id, visit.upstream, visit.identity, actorOf(ctx.req, user._id));
        notices.leave(ctx, 'provider-linked', id);
      } catch (error) {
        if (!(error instanceof ConflictError)) {
          throw error;
        }
        notices.leave(ctx, 'provider-taken', id);
      }
    }
    seeOther(ctx, page);
  });

  form(`${page}/links/:link/remove`, async (ctx, { session, user }) => {
    const linkId = String(ctx['params']['link']);
    const link = (await links.listByUser(user._id)).find(({ _id }) => _id === linkId);
    const id = link?.upstreamId ?? '';
    const provider = (await upstreams.find(id))?.name ?? id;
    const actor = actorOf(ctx.req, user._id);
    try {
      await links.unlink(user._id, linkId, { exceptSession: session.uid, provider, hasOtherWay }, actor);
      notices.leave(ctx, 'provider-unlinked', id);
    } catch (error) {
      if (error instanceof ConflictError) {
        notices.leave(ctx, 'provider-last-way', id);
      } else if (!(error instanceof NotFoundError)) {
        // A second click finds no link any more.
        throw error;
      }
    }
    seeOther(ctx, page);
  });

  return router;
}
