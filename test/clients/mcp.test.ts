import { expect } from 'chai';
import { describeApp } from './app-suite.ts';
import { newUser } from './user.ts';

describeApp(
  {
    package: '@modelcontextprotocol/sdk',
    file: 'javascript/mcp.js',
    commands: (origin) => [
      `api create --identifier ${origin}/mcp --name Tools --token-format jwt --scope tools:use=Tools`,
      `client create --for mcp-client --name App --api ${origin}/mcp`,
    ],
  },
  (running) => {
    it('finds Gatehouse by the metadata of the MCP server, signs a user in, and calls a tool', async () => {
      const { origin, userId } = running();
      const page = await newUser().complete(`${origin}/login`);
      expect(JSON.parse(page.html)).to.deep.equal({ sub: userId, scopes: ['tools:use'] });
    });

    it('gets a new token by its refresh token', async () => {
      const { origin, userId, refreshes } = running();
      const visitor = newUser();
      await visitor.complete(`${origin}/login`);
      const before = await refreshes();
      expect(JSON.parse((await visitor.open(`${origin}/refresh`)).html)).to.include({ sub: userId });
      expect(await refreshes()).to.equal(before + 1);
    });
  },
);
