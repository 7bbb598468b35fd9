/**
 * Lets a method of a repository fail, or lets something happen right before it: at moments that requests alone hit only
 * by chance.
 */
import { StorageUnavailableError } from '../../src/errors.ts';

type Method = (...parameters: never[]) => Promise<unknown>;

function patch<T extends object>(repository: T, method: keyof T & string, run: (original: Method) => Method): void {
  const original = Reflect.get(repository, method) as Method;
  Reflect.set(repository, method, run(original));
}

/** The next call fails, and does nothing. */
export function failOnce<T extends object>(repository: T, method: keyof T & string): void {
  patch(repository, method, (original) => () => {
    Reflect.set(repository, method, original);
    return Promise.reject(new StorageUnavailableError('the test lets this call fail'));
  });
}

/** Does something before each call. */
export function doBefore<T extends object>(repository: T, method: keyof T & string, act: () => Promise<unknown>): void {
  patch(repository, method, (original) => async (...parameters) => {
    await act();
    return original(...parameters);
  });
}
