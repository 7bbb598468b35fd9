/** Formats the card that the development profile prints when the server is ready. */
import type { Card } from '../server.ts';
import { list, printable } from './output.ts';

export function printCard(card: Card): string {
  const rule = '─'.repeat(72);
  const facts = list({
    Address: card.issuer,
    'First administrator': card.setupLink,
    'Demo user': card.demoUser === undefined ? undefined : `${card.demoUser.email}, password ${card.demoUser.password}`,
    Mails: card.outbox,
    Examples: 'npm run examples, in another terminal',
    Database: card.database,
  });
  const demo = card.demo.flatMap(({ title, curl }) => ['', `# ${printable(title)}`, printable(curl)]);
  return [rule, `Gatehouse is ready (${(card.elapsedMs / 1000).toFixed(1)} s).`, '', facts, ...demo, rule, ''].join(
    '\n',
  );
}
