/** `gatehouse issuer …`: clusters and CI services whose workloads may act as a machine client without a secret. */
import { InvalidInputError } from '../../errors.ts';
import { presentWorkloadIssuer } from '../../presenters/workload-issuer.ts';
import type { WorkloadIssuerService } from '../../services/clients/workload-issuers.ts';
import { commandLine, type Command, type CommandOption, type Invocation } from '../command.ts';
import { replacementList } from '../option-values.ts';
import { list, table, type Result } from '../output.ts';
import { toText } from '../time-text.ts';

type Issuer = Awaited<ReturnType<WorkloadIssuerService['get']>>;

const theArguments = [
  { name: '<client-id>', description: 'The client that its workloads act as' },
  { name: '<issuer>', description: 'The issuer: the `iss` of its tokens' },
];

const sharedOptions: readonly CommandOption[] = [
  { flags: '--audience <audience>', description: "The only `aud` of its tokens: this server's ISSUER by default" },
  { flags: '--jwks <file>', description: 'Its public keys, a JWK Set, if this server cannot fetch them' },
  { flags: '--single-use', description: 'Each token works once, by its `jti`' },
];

function toResult(headline: string, issuer: Issuer): Result {
  const fields = list({
    Issuer: issuer.issuer,
    'Acts as': issuer.clientId,
    Subjects: issuer.subjects.join('\n'),
    Audience: issuer.audience ?? 'the issuer or token endpoint of this server',
    Keys: issuer.jwks === undefined ? 'fetched by discovery' : 'given',
    'Each token': issuer.singleUse === true ? 'works once' : 'works until it expires',
    Created: toText(issuer.createdAt),
  });
  return { text: `${headline}\n\n${fields}`, json: presentWorkloadIssuer(issuer) };
}

/** The fields of the given options. `''` removes one in a change. */
async function readFields({ options, readFile }: Invocation) {
  const [audience, jwks] = [options.text('audience'), options.text('jwks')];
  const subjects = replacementList(options.list('subject'));
  return {
    ...(subjects === undefined ? {} : { subjects }),
    ...(audience === undefined ? {} : { audience: audience === '' ? null : audience }),
    ...(jwks === undefined ? {} : { jwks: jwks === '' ? null : (await readFile(jwks, 'jwks')).toString('utf8') }),
    ...(options.flag('single-use') ? { singleUse: true } : {}),
  };
}

const create: Command = {
  verb: 'create',
  summary: 'Let the workloads of an issuer act as a machine client',
  options: [
    {
      flags: '--issuer <uri>',
      description: 'The issuer, as it is in `iss`; its keys are found by discovery',
      required: true,
    },
    { flags: '--for <client-id>', description: 'The machine client that they act as', required: true },
    {
      flags: '--subject <pattern>',
      description: 'The `sub` of their tokens; * is any text without ":" and "/", ** as the last part is any text',
      repeatable: true,
      required: true,
    },
    ...sharedOptions,
  ],
  help: `Examples:
  gatehouse client create --id ci --name CI --type machine --auth-method none --api https://photos.example/api
  gatehouse issuer create --for ci --issuer https://token.actions.githubusercontent.com --subject 'repo:octo-org/app:ref:refs/heads/main'
  gatehouse issuer create --for ci --issuer https://kubernetes.default.svc.cluster.local --subject system:serviceaccount:jobs:backup`,
  run: async (invocation) => {
    const { options, withServices } = invocation;
    const { subjects = [], audience, jwks, ...rest } = await readFields(invocation);
    const input = {
      issuer: options.text('issuer') ?? '',
      clientId: options.text('for') ?? '',
      subjects,
      ...(typeof audience === 'string' ? { audience } : {}),
      ...(typeof jwks === 'string' ? { jwks } : {}),
      ...rest,
    };
    const issuer = await withServices(({ workloadIssuers }) => workloadIssuers.create(input, commandLine));
    return toResult(`Workloads of ${issuer.issuer} can act as the client ${issuer.clientId}.`, issuer);
  },
};

const listAll: Command = {
  verb: 'list',
  summary: 'List the issuers and the clients that their workloads act as',
  run: async ({ withServices }) => {
    const all = await withServices(({ workloadIssuers }) => workloadIssuers.list());
    const rows = all.map(({ clientId, issuer, subjects }) => [clientId, issuer, subjects.join(' ')]);
    return {
      text: rows.length === 0 ? 'There is no issuer.' : table(['CLIENT ID', 'ISSUER', 'SUBJECTS'], rows),
      json: { issuers: all.map(presentWorkloadIssuer) },
    };
  },
};

const update: Command = {
  verb: 'update',
  summary: 'Change what the workloads of an issuer must have to act as a client',
  arguments: theArguments,
  options: [
    { flags: '--subject <pattern>', description: 'The `sub` of their tokens; replaces all patterns', repeatable: true },
    ...sharedOptions,
    { flags: '--reusable', description: 'Undo --single-use: each token works until it expires' },
  ],
  help: "Given as '' --audience and --jwks return to the default.",
  run: async (invocation) => {
    const {
      args: [clientId = '', issuer = ''],
      options,
      withServices,
    } = invocation;
    if (options.flag('single-use') && options.flag('reusable')) {
      throw new InvalidInputError('Expected one of --single-use and --reusable.', 'single-use');
    }
    const change = { ...(await readFields(invocation)), ...(options.flag('reusable') ? { singleUse: false } : {}) };
    if (Object.keys(change).length === 0) {
      throw new InvalidInputError(
        'There is nothing to change: expected --subject, --audience, --jwks, --single-use or --reusable.',
      );
    }
    return toResult(
      'Changed the issuer.',
      await withServices(({ workloadIssuers }) => workloadIssuers.update(clientId, issuer, change, commandLine)),
    );
  },
};

const remove: Command = {
  verb: 'delete',
  summary: 'Stop trusting an issuer for a client; issued tokens expire as usual',
  arguments: theArguments,
  run: ({ args: [clientId = '', issuer = ''], withServices }) =>
    withServices(async ({ workloadIssuers }) => {
      await workloadIssuers.remove(clientId, issuer, commandLine);
      return {
        text: `Workloads of ${issuer} cannot act as the client ${clientId} any more.`,
        json: { deleted: true, client_id: clientId, issuer },
      };
    }),
};

const check: Command = {
  verb: 'check',
  summary: 'Fetch the keys of an issuer now, as the server would',
  arguments: theArguments,
  run: ({ args: [clientId = '', issuer = ''], withServices }) =>
    withServices(async ({ workloadIssuers, issuerKeys }) => {
      const known = await workloadIssuers.get(clientId, issuer);
      if (known.jwks !== undefined) {
        throw new InvalidInputError('The keys of this issuer were given with --jwks, so they are not fetched.');
      }
      const { jwksUri, keys, problem } = await issuerKeys.check(issuer);
      if (problem !== undefined) {
        throw new InvalidInputError(`The keys of ${issuer} cannot be fetched: ${problem}`);
      }
      const rows = keys.map(({ kid = '-', kty = '-', alg = '-' }) => [kid, kty, alg]);
      return {
        text: `The issuer answers. Its keys, from ${jwksUri}:\n\n${table(['KEY', 'TYPE', 'ALG'], rows)}`,
        json: { issuer, jwks_uri: jwksUri, keys: keys.map(({ kid, kty, alg }) => ({ kid, kty, alg })) },
      };
    }),
};

export const commands: readonly Command[] = [create, listAll, update, remove, check];
