/**
 * Other identity providers with which users may sign in: OpenID Connect, or OAuth 2 with a userinfo endpoint. The
 * operator registers each. Nothing that a provider says about an address, groups or factors is trusted by default. Who
 * may sign in is decided in upstream-accounts.ts.
 */
import { strictlyAfter, type Clock } from '../../clock.ts';
import { randomToken, type Secrets } from '../../crypto/secrets.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { UpstreamDocument } from '../../storage/collections.ts';
import type { UpstreamRepository } from '../../storage/repositories/upstreams.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { UriRules } from '../values/uri-schemas.ts';
import {
  checkApplePrivateKey,
  checkUpstream,
  upstreamSchemas,
  type NewUpstream,
  type UpstreamChange,
  type UpstreamFields,
} from './upstream-fields.ts';
import { parseInput } from '../values/validation.ts';

export type { NewUpstream, UpstreamChange } from './upstream-fields.ts';

export interface UpstreamService {
  /** @throws InvalidInputError; ConflictError when the id is taken */
  create(input: NewUpstream, actor: Actor): Promise<UpstreamDocument>;
  find(id: string): Promise<UpstreamDocument | null>;
  /** @throws NotFoundError */
  get(id: string): Promise<UpstreamDocument>;
  /** In the order of their ids, which is that of the buttons. */
  list(): Promise<readonly UpstreamDocument[]>;
  /** Changes the given fields. @throws NotFoundError, InvalidInputError, ConflictError */
  update(id: string, change: UpstreamChange, actor: Actor): Promise<UpstreamDocument>;
  /** Ends the sessions that were started with it, and removes its links. @throws NotFoundError */
  remove(id: string, actor: Actor): Promise<void>;
  /** The client secret, or Apple's private key. Undefined: it has none. @throws UnsealableError */
  secretOf(upstream: UpstreamDocument): string | undefined;
}

const maxUpstreams = 50;
const maxAttempts = 5;
const defaultScopes = ['openid', 'profile', 'email'];

function associatedData(id: string): string {
  return `upstream ${id}`;
}

/** What the audit log has of a provider. */
function factsOf({ _id, issuer, tokenEndpoint, createUsers, confirmAddresses, authoritativeFor }: UpstreamDocument) {
  return {
    outcome: 'success',
    detail: {
      upstream: _id,
      address: issuer ?? tokenEndpoint ?? '',
      createUsers,
      ...(confirmAddresses === undefined ? {} : { confirmAddresses }),
      authoritativeFor: authoritativeFor.join(' '),
    },
  } as const;
}

export function createUpstreamService(deps: {
  readonly upstreams: UpstreamRepository;
  readonly secrets: Secrets;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** The issuer identifier of this server. */
  readonly ownIssuer: string;
  readonly rules: UriRules;
  /** The authentication context classes of this server. */
  readonly acrValues: readonly string[];
  /** Ends the sessions that were started with a provider, and removes its links. */
  readonly endUpstream: (id: string) => Promise<void>;
}): UpstreamService {
  const { upstreams, secrets, audit, clock, ownIssuer, rules, acrValues, endUpstream } = deps;
  const schemas = upstreamSchemas(rules);

  async function get(id: string): Promise<UpstreamDocument> {
    const found = await upstreams.find(id);
    if (found === null) {
      throw new NotFoundError(`There is no provider "${id}".`);
    }
    return found;
  }

  /** The provider with these fields changed, and its secret encrypted. Null removes a field. */
  function withFields(upstream: UpstreamDocument, { secret, ...fields }: UpstreamFields): UpstreamDocument {
    const sealed = secret === undefined ? {} : { sealedSecret: secrets.seal(secret, associatedData(upstream._id)) };
    const entries = Object.entries({ ...upstream, ...fields, ...sealed, revision: randomToken(12) });
    const changed = Object.fromEntries(
      entries.filter(([, value]) => value !== null && value !== undefined),
    ) as unknown as UpstreamDocument;
    if (changed.authMethod === 'apple' && secret !== undefined) {
      checkApplePrivateKey(secret);
    }
    checkUpstream(changed, acrValues);
    return changed;
  }

  return {
    get,
    find: (id) => upstreams.find(id),
    list: () => upstreams.list(),

    secretOf: ({ _id, sealedSecret }) =>
      sealedSecret === undefined ? undefined : secrets.unseal(sealedSecret, associatedData(_id)),

    create: async (input, actor) => {
      const { id, protocol, issuer, ...fields } = parseInput(schemas.create, input);
      if (issuer === ownIssuer) {
        throw new InvalidInputError('This is the address of this server.', 'issuer');
      }
      if ((await upstreams.list()).length >= maxUpstreams) {
        throw new ConflictError(`There are ${maxUpstreams} providers already.`);
      }
      const now = clock.now();
      const made = withFields(
        {
          _id: id,
          name: fields.name,
          protocol,
          ...(issuer === undefined ? {} : { issuer }),
          clientId: fields.clientId,
          authMethod: fields.secret === undefined ? 'none' : 'client_secret_basic',
          scopes: protocol === 'oidc' ? defaultScopes : [],
          parameters: [],
          createUsers: false,
          authoritativeFor: [],
          claims: [],
          groups: [],
          acrs: [],
          revision: '',
          createdAt: now,
          updatedAt: now,
        },
        fields,
      );
      try {
        await upstreams.insert(made);
      } catch (error) {
        throw error instanceof DuplicateKeyError
          ? new ConflictError(`There is a provider "${id}" already. Change it: gatehouse upstream update ${id} …`, 'id')
          : error;
      }
      await audit.record({ ...actorFields(actor), type: 'upstream.created', ...factsOf(made) });
      return made;
    },

    update: async (id, change, actor) => {
      const fields = parseInput(schemas.change, change);
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const before = await get(id);
        const edited = withFields({ ...before, updatedAt: strictlyAfter(clock, before.updatedAt) }, fields);
        if (await upstreams.replace(edited, before.updatedAt)) {
          await audit.record({ ...actorFields(actor), type: 'upstream.updated', ...factsOf(edited) });
          return edited;
        }
      }
      throw new ConflictError('The provider was changed by others at the same time. Try again.');
    },

    remove: async (id, actor) => {
      const found = await get(id);
      await endUpstream(id);
      if (!(await upstreams.remove(id))) {
        throw new NotFoundError(`There is no provider "${id}".`);
      }
      // Again, for what was started meanwhile.
      await endUpstream(id);
      await audit.record({ ...actorFields(actor), type: 'upstream.deleted', ...factsOf(found) });
    },
  };
}
