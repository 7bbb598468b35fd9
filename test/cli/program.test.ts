import { expect } from 'chai';
import type { Command, Invocation } from '../../src/cli/command.ts';
import { nouns } from '../../src/cli/program.ts';
import type { Noun } from '../../src/cli/program.ts';
import {
  ConfigurationError,
  ConflictError,
  DuplicateKeyError,
  InvalidInputError,
  NotFoundError,
  StorageRejectedError,
  StorageUnavailableError,
} from '../../src/errors.ts';
import { run } from './terminal.ts';

/** A noun `thing` with these commands. */
function things(...commands: readonly Command[]): readonly Noun[] {
  return [{ noun: 'thing', summary: 'Things', load: async () => ({ commands }) }];
}

function failing(error: unknown): readonly Noun[] {
  return things({
    verb: 'do',
    summary: 'Do it',
    run: async () => {
      throw error;
    },
  });
}

/** A command that returns what it received. */
function echo(read: (invocation: Invocation) => unknown, declared: Partial<Command> = {}): readonly Noun[] {
  return things({
    verb: 'do',
    summary: 'Do it',
    ...declared,
    run: async (invocation) => ({ text: 'done', json: await read(invocation) }),
  });
}

describe('the command line', () => {
  describe('exit codes', () => {
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      ['failure', new Error('broken'), 1, 'failure'],
      ['a thrown value that is not an error', 'broken', 1, 'failure'],
      ['invalid input', new InvalidInputError('An email has one @.', 'email'), 2, 'invalid_input'],
      ['not found', new NotFoundError('No such client.'), 3, 'not_found'],
      ['conflict', new ConflictError('There is one already.'), 4, 'conflict'],
      ['duplicate', new DuplicateKeyError('clients'), 4, 'duplicate_key'],
      ['storage unavailable', new StorageUnavailableError('timeout'), 69, 'storage_unavailable'],
      ['storage rejected', new StorageRejectedError('an index is in the way'), 78, 'storage_rejected'],
      ['configuration', new ConfigurationError(['PORT: wrong']), 78, 'configuration_invalid'],
    ];
    for (const [what, error, exitCode, code] of cases) {
      it(`${exitCode}: ${what}; the message on standard error`, async () => {
        const outcome = await run(['thing', 'do'], { nouns: failing(error) });
        expect(outcome.exitCode).to.equal(exitCode);
        expect(outcome.stdout).to.equal('');
        expect(outcome.stderr).to.include(error instanceof Error ? error.message : String(error));
      });

      it(`${exitCode}: ${what}; with --json one document on standard output`, async () => {
        const outcome = await run(['thing', 'do', '--json'], { nouns: failing(error) });
        expect(outcome.exitCode).to.equal(exitCode);
        expect(outcome.stderr).to.equal('');
        expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
      });
    }

    it('0: success', async () => {
      expect(await run(['thing', 'do'], { nouns: echo(() => null) })).to.deep.equal({
        exitCode: 0,
        stdout: 'done\n',
        stderr: '',
      });
    });

    it('are listed in the help', async () => {
      const { stdout } = await run(['--help']);
      for (const code of ['0', '1', '2', '3', '4', '69', '78']) {
        expect(stdout).to.match(new RegExp(`^  ${code} `, 'm'));
      }
    });

    it('1: an address that is already in use, with advice', async () => {
      const error = Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:3000'), {
        code: 'EADDRINUSE',
        syscall: 'listen',
      });
      const { exitCode, stderr } = await run(['thing', 'do'], { nouns: failing(error) });
      expect(exitCode).to.equal(1);
      expect(stderr).to.include('set PORT');
    });
  });

  describe('usage', () => {
    const declared: Partial<Command> = {
      arguments: [{ name: '<email>', description: 'Whose' }],
      options: [
        { flags: '--name <name>', description: 'Name', required: true },
        { flags: '--type <type>', description: 'Type', choices: ['web', 'native'] },
      ],
    };
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ['nothing', []],
      ['an unknown noun', ['thnig', 'do']],
      ['a noun without its verb', ['thing']],
      ['an unknown verb', ['thing', 'dance']],
      ['an unknown option', ['thing', 'do', 'a@b', '--name', 'x', '--nmae', 'x']],
      ['a missing argument', ['thing', 'do', '--name', 'x']],
      ['too many arguments', ['thing', 'do', 'a@b', 'c@d', '--name', 'x']],
      ['a missing option', ['thing', 'do', 'a@b']],
      ['a value that is not among the choices', ['thing', 'do', 'a@b', '--name', 'x', '--type', 'machine']],
    ];
    for (const [what, argv] of wrong) {
      it(`exits with 2 for ${what}, with a message`, async () => {
        const outcome = await run(argv, { nouns: echo(() => null, declared) });
        expect(outcome.exitCode).to.equal(2);
        expect(outcome.stdout).to.equal('');
        expect(outcome.stderr).not.to.equal('');
      });

      it(`exits with 2 for ${what}, with one JSON document with --json`, async () => {
        const outcome = await run([...argv, '--json'], { nouns: echo(() => null, declared) });
        expect(outcome.exitCode).to.equal(2);
        expect(outcome.stderr).to.equal('');
        expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', 'usage');
      });
    }

    it('suggests a similar name', async () => {
      expect((await run(['thnig'], { nouns: echo(() => null) })).stderr).to.include('thing');
    });
  });

  describe('input', () => {
    it('passes arguments, options, lists and flags to the command', async () => {
      const read = ({ args, options }: Invocation): unknown => [
        args,
        options.text('name'),
        options.list('redirect-uri'),
        options.flag('password-stdin'),
        options.text('type'),
        options.list('scope'),
      ];
      const declared: Partial<Command> = {
        arguments: [{ name: '<email>', description: 'Whose' }],
        options: [
          { flags: '--name <name>', description: 'Name' },
          { flags: '--type <type>', description: 'Type' },
          { flags: '--redirect-uri <uri>', description: 'Where', repeatable: true },
          { flags: '--scope <scope>', description: 'What', repeatable: true },
          { flags: '--password-stdin', description: 'Read it' },
        ],
      };
      const argv = [
        'thing',
        'do',
        'a@b',
        '--name',
        'Prints',
        '--redirect-uri',
        'https://a',
        '--redirect-uri=https://b',
        '--password-stdin',
        '--json',
      ];
      const { stdout } = await run(argv, { nouns: echo(read, declared) });
      expect(JSON.parse(stdout)).to.deep.equal([['a@b'], 'Prints', ['https://a', 'https://b'], true, null, []]);
    });

    it('reads standard input without its last newline', async () => {
      const { stdout } = await run(['thing', 'do', '--json'], {
        input: 'correct horse \n',
        nouns: echo(({ readStandardInput }) => readStandardInput()),
      });
      expect(JSON.parse(stdout)).to.equal('correct horse ');
    });

    it('fails a command that reads an option that it does not declare', async () => {
      expect((await run(['thing', 'do'], { nouns: echo(({ options }) => options.text('nmae')) })).exitCode).to.equal(1);
    });
  });

  describe('help', () => {
    it('lists every noun with its summary', async () => {
      const { exitCode, stdout } = await run(['--help']);
      expect(exitCode).to.equal(0);
      for (const { noun, summary } of nouns) {
        expect(stdout).to.include(noun).and.include(summary);
      }
    });

    for (const { noun, summary, load } of nouns) {
      it(`exists for ${noun} and each of its commands, and lists --json`, async () => {
        expect((await run([noun, '--help'])).stdout).to.include(summary);
        for (const { verb, summary: what } of (await load()).commands) {
          const { exitCode, stdout } = await run([noun, ...(verb === '' ? [] : [verb]), '--help']);
          expect(exitCode).to.equal(0);
          expect(stdout).to.include(what).and.include('--json').and.include('Exit codes:');
        }
      });
    }

    it('prints the version', async () => {
      expect((await run(['--version'])).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
      expect(JSON.parse((await run(['--version', '--json'])).stdout)).to.have.property('version');
    });
  });
});
