/** A backend with the guarantees of checked-collection.ts. Closing it waits for the operations in progress. */
import { sweepGraceSeconds, type Backend } from './backend.ts';
import { beforeDeadline, checkedCollection } from './checked-collection.ts';
import type { Collection, CollectionDefinition, Database, DatabaseOptions, Document, Operation } from './database.ts';
import { createOperationsInProgress } from './operations-in-progress.ts';
import { databaseStateOfRequest, noteStorageFailure } from './request-scope.ts';

/** Adds the guarantees of checked-collection.ts to a backend. */
export function checkedDatabase(
  backend: Backend,
  options: Pick<DatabaseOptions, 'clock' | 'onOperation' | 'onCommit'>,
): Database {
  const { clock } = options;
  const { dataVersion } = backend;
  const onWrite = backend.groupsCommits ? undefined : options.onCommit;
  const count = (operation: Operation): void => {
    options.onOperation?.(operation);
    if (operation.kind === 'write') {
      onWrite?.();
    }
  };
  // Bounded by the number of collections that the code declares.
  const made = new Map<string, Collection<never>>();
  const inProgress = createOperationsInProgress();
  const translateError = (error: unknown): unknown => backend.translate(error, '').error;

  function bounded<R>(what: string, run: () => Promise<R>): Promise<R> {
    return inProgress.run(() => beforeDeadline(what, run, translateError));
  }

  async function translated<R>(run: () => Promise<R>): Promise<R> {
    try {
      return await run();
    } catch (error) {
      throw translateError(error);
    }
  }

  return {
    collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T> {
      // Always the same object for a collection, because the unit of work uses it as a key.
      let collection = made.get(definition.name) as unknown as Collection<T> | undefined;
      if (collection === undefined) {
        collection = inProgress.counted(checkedCollection(backend, definition, clock, count));
        made.set(definition.name, collection as unknown as Collection<never>);
      }
      return collection;
    },
    // Building an index may take long: the backend limits it, not a request, and `close` does not wait for it.
    prepare: (definitions) => translated(() => backend.prepare(definitions)),
    dropIndex: (collection, name) => inProgress.run(() => translated(() => backend.dropIndex(collection, name))),
    ping: () => bounded('ping', () => backend.ping()),
    dataVersion:
      dataVersion === undefined
        ? undefined
        : () => {
            try {
              return databaseStateOfRequest(dataVersion);
            } catch (error) {
              throw noteStorageFailure(translateError(error));
            }
          },
    warnings: () => bounded('warnings', () => backend.warnings()),
    sweep: () =>
      inProgress.run(() => translated(() => backend.sweep(new Date(clock.now().getTime() - sweepGraceSeconds * 1000)))),
    close: async () => {
      await inProgress.end();
      await backend.close();
    },
  };
}
