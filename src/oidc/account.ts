/** A person, as the engine asks for them. A disabled account is no account: its tokens are refused wherever one is used. */
import type { Account, FindAccount } from 'oidc-provider';
import type { AccountDocument } from '../storage/collections.ts';
import type { AccountService } from '../services/accounts.ts';

/** The standard claims (OIDC Core §5.1) of an account; the engine picks those that scope and consent allow. */
export function claimsOf(account: AccountDocument): Readonly<Record<string, unknown>> & { readonly sub: string } {
  return {
    ...account.profile,
    sub: account._id,
    email: account.email,
    email_verified: account.emailVerified,
    updated_at: Math.floor(account.updatedAt.getTime() / 1000),
  };
}

export function createFindAccount(accounts: Pick<AccountService, 'find'>): FindAccount {
  return async (_ctx, accountId): Promise<Account | undefined> => {
    const account = await accounts.find(accountId);
    if (account === null || account === undefined || account.disabled) {
      return undefined;
    }
    return { accountId, claims: () => ({ ...claimsOf(account) }) };
  };
}
