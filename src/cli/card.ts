/** The card that the development profile prints when the server is ready. */
import { list, printable } from './output.ts';

/** What the card says; the server makes it. */
export interface Card {
  readonly issuer: string;
  /** The one-time link whose page makes the first administrator; absent once it was used. */
  readonly setupLink?: string;
  /** Lines that work when pasted. */
  readonly demo: readonly { readonly title: string; readonly curl: string }[];
  /** The page that shows mails, where none are sent. */
  readonly outbox?: string;
  /** Where data is kept, without credentials. */
  readonly database: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly elapsedMs: number;
}

/** The card as text. */
export function printCard(card: Card): string {
  const rule = '─'.repeat(72);
  const facts = list({
    Address: card.issuer,
    'First administrator': card.setupLink,
    Mails: card.outbox,
    Database: card.database,
  });
  const demo = card.demo.flatMap(({ title, curl }) => ['', `# ${printable(title)}`, printable(curl)]);
  return [rule, `Gatehouse is ready (${(card.elapsedMs / 1000).toFixed(1)} s).`, '', facts, ...demo, rule, ''].join('\n');
}
