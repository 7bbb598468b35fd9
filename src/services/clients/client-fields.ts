/**
 * Reads the fields of a new client, or of a change: each by the rules of client-registration.ts, under the leniencies
 * that the client will have, and all of them together.
 */
import { z } from 'zod';
import { InvalidInputError } from '../../errors.ts';
import type { ClientDocument, ClientType } from '../../storage/collections.ts';
import { checkExchanges, withoutUnusableExchanges } from './client-exchanges.ts';
import { grantTypesOf } from './client-grants.ts';
import { clientFields, clientIdField, type ClientFields } from './client-registration.ts';
import { conflictWithPrivateScheme, type UriRules } from '../values/uri-schemas.ts';
import { checkRefreshLimits } from '../values/token-lifetimes.ts';
import { parseInput } from '../values/validation.ts';

/** @throws InvalidInputError for text that is not a valid client id */
export function parseId(id: string): string {
  return parseInput(z.object({ id: clientIdField }), { id }).id;
}

/**
 * Returns the client with these fields changed, and with what follows from them: its grant types, and only those
 * exchanges for which it has the APIs. Null removes a field, and so does an empty list of groups.
 */
export function withFields(client: ClientDocument, fields: ClientFields): ClientDocument {
  const { groups = client.groups } = fields;
  const changes = { ...fields, groups: groups?.length === 0 ? null : groups };
  const entries = Object.entries({ ...client, ...changes }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  const changed = Object.fromEntries(entries) as unknown as ClientDocument;
  const usable = fields.mayExchange === undefined ? withoutUnusableExchanges(changed) : changed;
  return { ...usable, grantTypes: grantTypesOf(usable) };
}

/** @throws InvalidInputError when fields of the client, each valid by itself, contradict each other */
export function checkTogether(client: ClientDocument): ClientDocument {
  const { authMethod, jwks, apis, defaultApi, assertionAudience } = client;
  if (authMethod === 'private_key_jwt' && jwks === undefined) {
    throw new InvalidInputError("private_key_jwt needs the client's public keys.", 'jwks');
  }
  if (authMethod !== 'private_key_jwt' && assertionAudience === 'token-endpoint') {
    throw new InvalidInputError(
      `This client authenticates by ${authMethod}; only private_key_jwt has assertions.`,
      'assertionAudience',
    );
  }
  if (defaultApi !== undefined && !apis.includes(defaultApi)) {
    throw new InvalidInputError(`"${defaultApi}" is not one of the client's APIs.`, 'defaultApi');
  }
  if (client.challengeEndpoint === true && !client.firstParty) {
    throw new InvalidInputError(
      'Only a first-party app may ask for passwords itself (draft-ietf-oauth-first-party-apps).',
      'challengeEndpoint',
    );
  }
  checkExchanges(client);
  checkRefreshLimits(client);
  const conflict = conflictWithPrivateScheme([...client.redirectUris, ...client.postLogoutRedirectUris]);
  if (conflict !== undefined) {
    throw new InvalidInputError(
      `"${conflict}" is not possible beside a private scheme: expected https on a host that is not loopback, or http on localhost, 127.0.0.1 or [::1].`,
      client.redirectUris.includes(conflict) ? 'redirectUris' : 'postLogoutRedirectUris',
    );
  }
  return client;
}

/**
 * Reads the fields of a new client, or the changed ones of an existing client. Its leniencies decide which URIs it may
 * have. When one is taken away, the URIs that it has already are validated again.
 * @throws InvalidInputError
 */
export function readFields(
  type: ClientType,
  given: Readonly<Record<string, unknown>>,
  rules: UriRules,
  before?: ClientDocument,
): ClientFields {
  const leniency = (name: 'development' | 'allowPrivateScheme'): boolean => (given[name] ?? before?.[name]) === true;
  const isTakenAway = (name: 'development' | 'allowPrivateScheme'): boolean =>
    before?.[name] === true && !leniency(name);
  const existing =
    before !== undefined && (isTakenAway('development') || isTakenAway('allowPrivateScheme'))
      ? {
          redirectUris: before.redirectUris,
          postLogoutRedirectUris: before.postLogoutRedirectUris,
          allowedOrigins: before.allowedOrigins,
          backchannelLogoutUri: before.backchannelLogoutUri,
          clientUri: before.clientUri,
          policyUri: before.policyUri,
          tosUri: before.tosUri,
          initiateLoginUri: before.initiateLoginUri,
        }
      : {};
  const schema = clientFields(type, {
    allowHttpLoopback: rules.allowHttpLoopback || leniency('development'),
    allowPrivateScheme: leniency('allowPrivateScheme'),
  });
  return parseInput(schema, { ...existing, ...given });
}
