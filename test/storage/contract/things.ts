/** The document types for the contract tests, with every kind of field and index. */
import type { CollectionDefinition, Document, Value } from '../../../src/storage/database.ts';

export interface Thing extends Document {
  readonly name: string;
  /** Unique where present. */
  readonly email?: string;
  readonly owner?: string;
  readonly count?: number;
  readonly flag?: boolean;
  readonly at?: Date;
  readonly takenBy?: string;
  readonly nested?: Value;
}

export const things: CollectionDefinition<Thing> = {
  name: 'things',
  indexes: [
    { fields: ['email'], unique: true, sparse: true },
    { fields: ['owner', 'count'], sparse: true },
    { fields: ['at'] },
  ],
  expires: false,
};

export interface Account extends Document {
  readonly key: string;
}

export const users: CollectionDefinition<Account> = {
  name: 'accounts',
  indexes: [{ fields: ['key'], unique: true }],
  expires: false,
};

export interface Lease extends Document {
  readonly holder: string;
  readonly handle?: string;
  readonly count?: number;
  readonly expiresAt: Date;
}

export const leases: CollectionDefinition<Lease> = {
  name: 'leases',
  indexes: [{ fields: ['holder'] }, { fields: ['handle'], unique: true, sparse: true }],
  expires: true,
};

export const definitions = [things, users, leases] as const;
