/** The virtual authenticator of Chromium's DevTools (CDP domain WebAuthn), for passkeys in browser tests. */
import type { Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** How many passkeys it has. */
  count(): Promise<number>;
  /** Whether its user passes the verification: the finger is the right one. */
  setUserVerified(verified: boolean): Promise<void>;
  /** Removes the authenticator: the user has lost the device. */
  remove(): Promise<void>;
}

/**
 * Adds an authenticator to the page's browser: built into the device, with user verification, which answers at once.
 * @param options `synced`: its passkeys are on several devices
 */
export async function addVirtualAuthenticator(
  page: Page,
  { synced = true }: { readonly synced?: boolean } = {},
): Promise<VirtualAuthenticator> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  return {
    count: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    setUserVerified: async (isUserVerified) => {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    remove: async () => {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}
