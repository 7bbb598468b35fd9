/**
 * The page about the security of the account: a row for each thing that protects it, with its state and a link to its
 * own page. Each feature contributes its row.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { UserDocument } from '../../storage/collections.ts';
import type { SecurityRow } from '../../views.ts';
import type { AccountFrame } from './frame.ts';

/** @returns undefined where the feature does not exist for this user */
export type FindSecurityRow = (ctx: Context, user: UserDocument) => Promise<SecurityRow | undefined>;

export interface SecurityRouteDependencies {
  readonly frame: AccountFrame;
  /** In the order of the page. */
  readonly rows: readonly FindSecurityRow[];
}

export function securityRoutes({ frame, rows }: SecurityRouteDependencies): Router {
  const router = new Router();

  frame.page(router, 'security', async (ctx, signedIn) => {
    const found = await Promise.all(rows.map((find) => find(ctx, signedIn.user)));
    await frame.show(ctx, signedIn, 'account/security', { rows: found.filter((row) => row !== undefined) });
  });

  return router;
}
