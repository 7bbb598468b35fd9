/**
 * Limits for mails that anybody can ask for, such as those with a link for a new password: by the email address, so
 * that nobody is flooded with mails, and by the network address of the caller. Counted in the same way for addresses
 * that no user has.
 */
import type { ThrottleKeys } from '../foundation/throttle-keys.ts';
import type { ThrottleService } from '../foundation/throttle.ts';

export interface MailLimits {
  /**
   * Counts one mail, before it is known whether a user has the email address.
   *
   * @param emailKey the normalised email address
   * @param address the network address of the caller, if there is one
   * @throws ThrottledError when too many were requested; nothing is counted then
   */
  count(emailKey: string, address?: string): Promise<void>;
}

export function createMailLimits(deps: {
  readonly throttle: Pick<ThrottleService, 'begin'>;
  readonly throttleKeys: Pick<ThrottleKeys, 'mailTo' | 'mailFrom'>;
}): MailLimits {
  const { throttle, throttleKeys } = deps;
  return {
    count: async (emailKey, address) => {
      const attempt = await throttle.begin([
        throttleKeys.mailTo(emailKey),
        ...(address === undefined ? [] : [throttleKeys.mailFrom(address)]),
      ]);
      await attempt.failed();
    },
  };
}
