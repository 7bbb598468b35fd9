/**
 * The server, and in the same process an operator who creates users and clients without a pause and disables every
 * second user. Each change is printed when it was acknowledged. The test kills this process.
 */
import { writeSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import { createServer } from '../../src/server.ts';

const config = loadConfig({ environment: process.env, workingDirectory: process.cwd() });
const server = await createServer(config);
await server.start();
const { users, clients } = server.services;
const by = { actor: 'command line' } as const;

function acknowledge(change: Readonly<Record<string, string | boolean>>): void {
  writeSync(1, `${JSON.stringify(change)}\n`);
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
