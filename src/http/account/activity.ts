/** The page about what happened with the account lately: the audit events that concern the user. */
import { Router } from '@koa/router';
import { addressBlock } from '../../services/values/address-block.ts';
import type { AuditService } from '../../services/foundation/audit.ts';
import type { ClientService } from '../../services/clients/clients.ts';
import type { AuditEventDocument, UserDocument } from '../../storage/collections.ts';
import { activityKindOf, activityTypes, type ActivityType, type ViewModels } from '../../views.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface ActivityRouteDependencies {
  readonly frame: AccountFrame;
  readonly audit: Pick<AuditService, 'list'>;
  readonly clients: Pick<ClientService, 'find'>;
}

type Activity = ViewModels['account/activity']['events'][number];

/** Events that are read, and entries that are shown at most. */
const maxRead = 300;
const maxShown = 50;

function isShown(type: string): type is ActivityType {
  return activityTypes.some((shown) => shown === type);
}

function isSame(one: Activity, other: Activity): boolean {
  return (
    one.kind === other.kind &&
    one.from === other.from &&
    one.userAgent === other.userAgent &&
    one.app === other.app &&
    one.by === other.by
  );
}

function byWhom({ actor, type }: AuditEventDocument, user: UserDocument): Pick<Activity, 'by'> {
  // Nobody knows who sends a request before a sign-in.
  if (actor === user._id || type.startsWith('login.') || type === 'password.reset_requested') {
    return {};
  }
  return { by: actor === 'system' ? 'server' : 'operator' };
}

/** The row of the page about security. */
export function createActivityRow({ audit }: Pick<ActivityRouteDependencies, 'audit'>): FindSecurityRow {
  return async (_ctx, user) => {
    const events = await audit.list({ accountId: user._id, limit: maxShown });
    const at = events.find(({ type }) => isShown(type))?.at;
    const row = { name: 'activity', href: '/account/activity' } as const;
    return at === undefined ? { ...row, state: 'none' } : { ...row, state: 'recent', at };
  };
}

export function activityRoutes({ frame, audit, clients }: ActivityRouteDependencies): Router {
  const router = new Router();

  async function present(user: UserDocument): Promise<readonly Activity[]> {
    const events = await audit.list({ accountId: user._id, limit: maxRead });
    const ids = new Set(events.flatMap(({ clientId }) => clientId ?? []));
    const found = await Promise.all([...ids].map((id) => clients.find(id)));
    const names = new Map(found.flatMap((client) => (client === null ? [] : [[client._id, client.name] as const])));
    const shown: Activity[] = [];
    for (const event of events) {
      const { type, at, outcome, address, userAgent, clientId } = event;
      if (!isShown(type)) {
        continue;
      }
      const app = clientId === undefined ? undefined : names.get(clientId);
      const entry: Activity = {
        kind: activityKindOf(type),
        at,
        count: 1,
        failed: outcome === 'failure',
        ...(app === undefined ? {} : { app }),
        ...(address === undefined ? {} : { from: addressBlock(address) }),
        ...(userAgent === undefined ? {} : { userAgent }),
        ...byWhom(event, user),
      };
      const before = shown.at(-1);
      // Somebody who guesses passwords would otherwise fill the page.
      if (before !== undefined && isSame(before, entry)) {
        shown[shown.length - 1] = { ...before, count: before.count + 1 };
      } else if (shown.length === maxShown) {
        break;
      } else {
        shown.push(entry);
      }
    }
    return shown;
  }

  frame.page(router, 'activity', async (ctx, signedIn) => {
    await frame.show(ctx, signedIn, 'account/activity', { events: await present(signedIn.user) });
  });

  return router;
}
