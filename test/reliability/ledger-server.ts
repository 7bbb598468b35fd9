/**
 * The server, and beside it in the same process an operator who never rests: makes accounts and clients, and disables
 * every other account. Each act is printed once it was acknowledged. To be killed.
 */
import { writeSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import { createServer } from '../../src/server.ts';

const config = loadConfig({ environment: process.env, workingDirectory: process.cwd() });
const server = await createServer(config);
await server.start();
const { users, clients } = server.services;
const by = { actor: 'command line' } as const;

function acknowledge(act: Readonly<Record<string, string | boolean>>): void {
  writeSync(1, `${JSON.stringify(act)}\n`);
}

acknowledge({ ready: true });
for (let count = 0; ; count += 1) {
  const name = `${process.pid}-${count}`;
  const [user, { client }] = await Promise.all([
    users.create({ email: `${name}@example.com` }, by).then((made) => {
      acknowledge({ user: made._id });
      return made;
    }),
    clients.create({ name: `Machine ${name}`, type: 'machine' }, by),
  ]);
  acknowledge({ client: client._id });
  if (count % 2 === 0) {
    await users.disable(user._id, by);
    acknowledge({ disabled: user._id });
  }
}
