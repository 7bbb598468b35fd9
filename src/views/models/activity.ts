/** The kinds of event that the page about recent activity shows, and the variables of the page. */

/** Audit events about a user that the user sees. */
export const activityTypes = [
  'user.created',
  'user.updated',
  'user.disabled',
  'user.enabled',
  'user.data_downloaded',
  'user.deletion_requested',
  'user.deletion_undone',
  'login.success',
  'login.failure',
  'login.throttled',
  'session.ended',
  'passkey.added',
  'passkey.blocked',
  'passkey.removed',
  'passkey.renamed',
  'password.changed',
  'password.link_created',
  'password.reset_requested',
  'password.confirmation_failed',
  'email.confirmed',
  'email.change_requested',
  'email.changed',
  'email.change_undone',
  'second_factor.success',
  'second_factor.failure',
  'second_factor.throttled',
  'second_factor.added',
  'second_factor.renamed',
  'second_factor.removed',
  'second_factor.reset',
  'recovery_codes.created',
  'device.remembered',
  'device.forgotten',
  'consent.granted',
  'consent.denied',
  'consent.withdrawn',
  'personal_access_token.created',
  'personal_access_token.revoked',
  'personal_access_token.new_address',
  'upstream.linked',
  'upstream.unlinked',
  'token.reported',
  'token.replayed',
] as const;

export type ActivityType = (typeof activityTypes)[number];

/** The name of a type in the catalogues, which have its text under `activity.<kind>`. */
export function activityKindOf(type: ActivityType): string {
  return type.replaceAll(/[._]/g, '-');
}

export interface ActivityModels {
  readonly 'account/activity': {
    /** Newest first. `count`: how often the same happened in a row. */
    readonly events: readonly {
      /** The catalogues have its text under `activity.<kind>`. */
      readonly kind: string;
      readonly at: Date;
      readonly count: number;
      /** Whether it failed, such as a wrong password. */
      readonly failed: boolean;
      /** The app that it is about. */
      readonly app?: string;
      /** An address block: an IPv4 address, or the /64 of an IPv6 address. */
      readonly from?: string;
      readonly userAgent?: string;
      /** Who did it, if it was not the user: an operator, or the server itself. */
      readonly by?: 'operator' | 'server';
    }[];
  };
}
