/**
 * Which tokens a client may exchange for which others (RFC 8693). Each rule is the operator's decision: this client may
 * exchange a token for the API `from` for one for the API `to`, with these scopes. Nothing is allowed by default.
 */
import { InvalidInputError } from '../../errors.ts';
import type { ApiDocument, ClientDocument, TokenExchange } from '../../storage/collections.ts';
import type { ApiRepository } from '../../storage/repositories/apis.ts';
import { registeredIdentifier } from '../values/resource-key.ts';

function pairOf({ from, to }: TokenExchange): string {
  return `${from} ${to}`;
}

function withRegistered(apis: readonly ApiDocument[], { from, to, scopes }: TokenExchange): TokenExchange {
  const identifiers = apis.map(({ _id }) => _id);
  const [source, target] = [from, to].map((named) => {
    const identifier = registeredIdentifier(identifiers, named);
    if (identifier === undefined) {
      throw new InvalidInputError(`No API has the identifier "${named}". Create it first.`, 'mayExchange');
    }
    return identifier;
  }) as [string, string];
  const known = apis.find(({ _id }) => _id === target)?.scopes.map(({ value }) => value) ?? [];
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown !== undefined) {
    throw new InvalidInputError(`The API "${target}" has no scope "${unknown}".`, 'mayExchange');
  }
  return { from: source, to: target, scopes: [...new Set(scopes)] };
}

/**
 * The rules with the registered identifiers of their APIs, which may be given by any spelling of their addresses.
 * @throws InvalidInputError when an API or a scope does not exist, or when two rules are for the same two APIs
 */
export async function withRegisteredExchanges(
  apis: Pick<ApiRepository, 'list'>,
  mayExchange: readonly TokenExchange[],
): Promise<readonly TokenExchange[]> {
  if (mayExchange.length === 0) {
    return [];
  }
  const registered = await apis.list();
  const rules = mayExchange.map((rule) => withRegistered(registered, rule));
  const repeated = rules.find((rule, at) => rules.findIndex((other) => pairOf(other) === pairOf(rule)) !== at);
  if (repeated !== undefined) {
    throw new InvalidInputError(
      `Two rules are from "${repeated.from}" to "${repeated.to}". Expected one with all scopes.`,
      'mayExchange',
    );
  }
  return rules;
}

type Exchanging = Pick<ClientDocument, 'type' | 'apis'>;

/**
 * The API that this client lacks for a rule. It needs the source: it exchanges tokens as a part of that API, or as the
 * app that they were issued to. An app needs the target, too, because users allow it what it may do there.
 */
function missingApi({ type, apis }: Exchanging, { from, to }: TokenExchange): string | undefined {
  return (type === 'machine' ? [from] : [from, to]).find((api) => !apis.includes(api));
}

/** @throws InvalidInputError for a rule that this client cannot use */
export function checkExchanges(client: ClientDocument): void {
  const { authMethod, mayExchange = [] } = client;
  if (mayExchange.length > 0 && authMethod === 'none') {
    throw new InvalidInputError('A public client exchanges no tokens: anybody could do so in its name.', 'mayExchange');
  }
  const [missing] = mayExchange.flatMap((rule) => missingApi(client, rule) ?? []);
  if (missing !== undefined) {
    throw new InvalidInputError(`"${missing}" is not one of the client's APIs.`, 'mayExchange');
  }
}

function withExchanges(client: ClientDocument, mayExchange: readonly TokenExchange[]): ClientDocument {
  const { mayExchange: _former, ...rest } = client;
  return mayExchange.length === 0 ? rest : { ...rest, mayExchange };
}

/** The client without the rules whose APIs it does not have any more. */
export function withoutUnusableExchanges(client: ClientDocument): ClientDocument {
  return withExchanges(
    client,
    (client.mayExchange ?? []).filter((rule) => missingApi(client, rule) === undefined),
  );
}

/** The client without an API as the source or the target of its rules. */
export function withoutExchangesOf(client: ClientDocument, api: string): ClientDocument {
  return withExchanges(
    client,
    (client.mayExchange ?? []).filter(({ from, to }) => from !== api && to !== api),
  );
}

/**
 * The APIs for which a machine client could get tokens by exchange before a change, and cannot after it. An app has
 * what users allowed it there; that does not end with a rule.
 */
export function lostTargets(before: ClientDocument, after: ClientDocument): readonly string[] {
  if (before.type !== 'machine') {
    return [];
  }
  const kept = (after.mayExchange ?? []).map(({ to }) => to);
  return [...new Set((before.mayExchange ?? []).map(({ to }) => to))].filter((api) => !kept.includes(api));
}

/** Whether a client may request tokens for an API, or exchange its tokens. */
export function usesApi({ apis, mayExchange = [] }: ClientDocument, api: string): boolean {
  return apis.includes(api) || mayExchange.some(({ from, to }) => from === api || to === api);
}
