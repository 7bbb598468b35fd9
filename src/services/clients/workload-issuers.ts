/**
 * Issuers of workload identities: clusters and CI services whose tokens this server accepts as authorization of a
 * client (RFC 7523 §2.1). The operator decides which subjects of an issuer may act as which client. Nothing is trusted
 * by default. How a token is verified is in oidc/assertions.ts.
 */
import { z } from 'zod';
import { strictlyAfter, type Clock } from '../../clock.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { WorkloadIssuerDocument } from '../../storage/collections.ts';
import type { ClientRepository } from '../../storage/repositories/clients.ts';
import { workloadIssuerId, type WorkloadIssuerRepository } from '../../storage/repositories/workload-issuers.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';
import { jwtBearerGrant } from './client-grants.ts';
import { jwkSet } from '../values/jwk-set.ts';
import { subjectPattern } from '../values/subject-patterns.ts';
import { webUri, type UriRules } from '../values/uri-schemas.ts';
import { parseInput } from '../values/validation.ts';

export interface NewWorkloadIssuer {
  /** The issuer identifier, as it is in `iss`: an https address. */
  readonly issuer: string;
  /** The client that its workloads may act as. */
  readonly clientId: string;
  /** Patterns of `sub`; see subject-patterns.ts. */
  readonly subjects: readonly string[];
  /** The only `aud`. By default this server's issuer or token endpoint. */
  readonly audience?: string;
  /** A JWK Set as text, where this server cannot fetch the keys. */
  readonly jwks?: string;
  /** Whether each token works once. A token without `jti` is rejected then. */
  readonly singleUse?: boolean;
}

/** Null removes an optional field. */
export type WorkloadIssuerChange = Partial<Pick<NewWorkloadIssuer, 'subjects' | 'singleUse'>> & {
  readonly audience?: string | null;
  readonly jwks?: string | null;
};

export interface WorkloadIssuerService {
  create(input: NewWorkloadIssuer, actor: Actor): Promise<WorkloadIssuerDocument>;
  find(clientId: string, issuer: string): Promise<WorkloadIssuerDocument | null>;
  /** @throws NotFoundError */
  get(clientId: string, issuer: string): Promise<WorkloadIssuerDocument>;
  list(): Promise<WorkloadIssuerDocument[]>;
  update(clientId: string, issuer: string, change: WorkloadIssuerChange, actor: Actor): Promise<WorkloadIssuerDocument>;
  remove(clientId: string, issuer: string, actor: Actor): Promise<void>;
}

const maxSubjects = 50;
const maxAttempts = 5;

const subjectCount = `Expected 1 to ${maxSubjects} subjects.`;

const changeable = z
  .strictObject({
    subjects: z.array(subjectPattern).min(1, subjectCount).max(maxSubjects, subjectCount),
    audience: z.string().min(1, 'Expected the aud of its tokens.').max(1024, 'At most 1024 characters.').nullable(),
    jwks: jwkSet.nullable(),
    singleUse: z.boolean(),
  })
  .partial();

function withFields(issuer: WorkloadIssuerDocument, fields: z.output<typeof changeable>): WorkloadIssuerDocument {
  const changed = Object.entries({ ...issuer, ...fields }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(changed) as unknown as WorkloadIssuerDocument;
}

/** What the audit log has of an issuer. */
function factsOf({ clientId, issuer, subjects }: WorkloadIssuerDocument) {
  return { outcome: 'success', clientId, detail: { issuer, subjects: subjects.join(' ') } } as const;
}

export function createWorkloadIssuerService(deps: {
  readonly issuers: WorkloadIssuerRepository;
  readonly clients: Pick<ClientRepository, 'find'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** The issuer identifier of this server. */
  readonly ownIssuer: string;
  readonly rules: UriRules;
}): WorkloadIssuerService {
  const { issuers, clients, audit, clock, ownIssuer, rules } = deps;
  const address = z
    .object({ issuer: webUri(rules), clientId: z.string() })
    .refine(({ issuer }) => issuer !== ownIssuer, {
      path: ['issuer'],
      error: 'This is the address of this server: its own tokens identify no workloads.',
    });

  async function get(clientId: string, issuer: string): Promise<WorkloadIssuerDocument> {
    const found = await issuers.find(clientId, issuer);
    if (found === null) {
      throw new NotFoundError(`The client "${clientId}" has no issuer "${issuer}".`);
    }
    return found;
  }

  /** @throws NotFoundError, InvalidInputError */
  async function checkClient(clientId: string): Promise<void> {
    const client = await clients.find(clientId);
    if (client === null) {
      throw new NotFoundError(`No client has the id "${clientId}".`);
    }
    if (!client.grantTypes.includes(jwtBearerGrant)) {
      throw new InvalidInputError(
        client.type === 'machine'
          ? `The client "${clientId}" does not accept assertions. Allow it: gatehouse client update ${clientId} --jwt-bearer`
          : `"${clientId}" is a ${client.type} client. Workloads act as a machine client.`,
        'for',
      );
    }
  }

  return {
    get,
    find: (clientId, issuer) => issuers.find(clientId, issuer),
    list: () => issuers.list(),

    create: async ({ issuer, clientId, ...optional }, actor) => {
      parseInput(address, { issuer, clientId });
      await checkClient(clientId);
      const now = clock.now();
      const made = withFields(
        { _id: workloadIssuerId(clientId, issuer), issuer, clientId, subjects: [], createdAt: now, updatedAt: now },
        parseInput(changeable.required({ subjects: true }), optional),
      );
      try {
        await issuers.insert(made);
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          throw new ConflictError(`The client "${clientId}" has the issuer "${issuer}" already.`, 'issuer');
        }
        throw error;
      }
      await audit.record({ ...actor, type: 'issuer.created', ...factsOf(made) });
      return made;
    },

    update: async (clientId, issuer, change, actor) => {
      const fields = parseInput(changeable, change);
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const before = await get(clientId, issuer);
        const edited = withFields({ ...before, updatedAt: strictlyAfter(clock, before.updatedAt) }, fields);
        if (await issuers.replace(edited, before.updatedAt)) {
          await audit.record({ ...actor, type: 'issuer.updated', ...factsOf(edited) });
          return edited;
        }
      }
      throw new ConflictError('The issuer was changed by others at the same time. Try again.');
    },

    remove: async (clientId, issuer, actor) => {
      const found = await get(clientId, issuer);
      if (!(await issuers.remove(clientId, issuer))) {
        throw new NotFoundError(`The client "${clientId}" has no issuer "${issuer}".`);
      }
      await audit.record({ ...actor, type: 'issuer.deleted', ...factsOf(found) });
    },
  };
}
