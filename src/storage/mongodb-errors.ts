/**
 * Classifies errors of the MongoDB driver: a duplicate key, an outage that may end without action, or a permanent fault
 * that an operator must correct.
 */
import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoError,
  MongoMissingCredentialsError,
  MongoMissingDependencyError,
  MongoServerError,
  MongoServerSelectionError,
  type TopologyDescription,
} from 'mongodb';
import { DuplicateKeyError, StorageRejectedError, StorageUnavailableError } from '../errors.ts';
import type { Failure } from './backend.ts';

const duplicateKey = 11_000;

const wrongCredentials =
  'DATABASE_URL: the server rejects this user: correct the user name and password, or authSource.';
const indexConflict =
  'An index that is in the way was made by something else than this server. Drop it; the server makes its own at start.';
const unsupportedServer =
  'The server lacks something that is needed: docs/operations.md lists the servers that are supported.';

/** Permanent faults, by the server's error code (https://www.mongodb.com/docs/manual/reference/error-codes/). */
const permanentFaults: Readonly<Record<number, string>> = {
  11: wrongCredentials, // UserNotFound
  18: wrongCredentials, // AuthenticationFailed
  8000: wrongCredentials, // AtlasError
  334: wrongCredentials, // MechanismUnavailable
  13: 'DATABASE_URL: this user has no permission: give it the role readWrite on its database.', // Unauthorized
  20: 'DATABASE_URL: the server does not take retryable writes: add retryWrites=false.', // IllegalOperation
  59: unsupportedServer, // CommandNotFound
  115: unsupportedServer, // CommandNotSupported
  67: indexConflict, // CannotCreateIndex
  85: indexConflict, // IndexOptionsConflict
  86: indexConflict, // IndexKeySpecsConflict
  73: 'DATABASE_URL: the server does not take this name of a database.', // InvalidNamespace
};

/** The message for a permanent fault; undefined for a failure that may end without action. */
function rejection(error: unknown): string | undefined {
  if (error instanceof MongoServerError) {
    return permanentFaults[Number(error.code)];
  }
  if (error instanceof MongoServerSelectionError) {
    return rejectionOfServers(error.reason);
  }
  if (error instanceof MongoCompatibilityError) {
    return `The server is too old: ${error.message}. MongoDB 4.4 or later is needed.`;
  }
  if (error instanceof MongoMissingCredentialsError || error instanceof MongoMissingDependencyError) {
    return `DATABASE_URL: ${error.message}`;
  }
  if (isFileError(error)) {
    return `DATABASE_URL: the file of tlsCAFile or tlsCertificateKeyFile cannot be read (${error.message}).`;
  }
  return isCertificateError(error) ? certificateFault(error) : undefined;
}

/** A failed server selection only says that no server was suitable in time. The reasons are in the topology. */
function rejectionOfServers(topology: TopologyDescription | undefined): string | undefined {
  if (topology === undefined) {
    return undefined;
  }
  const servers = [...topology.servers.values()];
  if (servers.length === 0 && topology.setName !== null) {
    // The driver removes a server that reports another set name, or none, from the list.
    return `DATABASE_URL: no server belongs to a replica set with the name ${topology.setName}: correct replicaSet, or initiate the set.`;
  }
  const reasons = servers.map(({ error }) => rejection(error) ?? rejection(error?.cause));
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

function certificateFault(error: Error): string {
  return `DATABASE_URL: the server's certificate is not accepted (${error.message}): tlsCAFile names the authority that signed it.`;
}

/** TLS failed because of a certificate or key, not because of the network. */
function isCertificateError(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT|ERR_OSSL_)/.test(code);
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'open' || error.syscall === 'read');
}

/** A broken connection: the driver passes on some of Node's own errors. */
function isNetworkError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** Translates an error for the caller of an operation. An error that is not the driver's is returned unchanged. */
export function translate(error: unknown, collection: string): Failure {
  if (error instanceof MongoBulkWriteError && error.code === duplicateKey) {
    const failed = Array.isArray(error.writeErrors) ? error.writeErrors[0] : error.writeErrors;
    const { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount } = error.result;
    return {
      error: new DuplicateKeyError(collection, error),
      ...(failed === undefined
        ? {}
        : {
            completed: {
              count: failed.index,
              result: { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount },
            },
          }),
    };
  }
  if (error instanceof MongoServerError && error.code === duplicateKey) {
    return { error: new DuplicateKeyError(collection, error) };
  }
  const reason = rejection(error);
  if (reason !== undefined) {
    return { error: new StorageRejectedError(reason, error) };
  }
  if (error instanceof MongoError || isNetworkError(error)) {
    return { error: new StorageUnavailableError(`MongoDB: ${error.name}: ${error.message} (${collection})`, error) };
  }
  return { error };
}
