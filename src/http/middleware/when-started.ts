/** Answers 503 until the database was reached for the first time: before that there are no keys and no pages. */
import type { Middleware } from 'koa';
import { StorageUnavailableError } from '../../errors.ts';

export function whenStarted(hasStarted: () => boolean): Middleware {
  return function onlyWhenStarted(_ctx, next) {
    if (!hasStarted()) {
      throw new StorageUnavailableError('the server has not reached its database yet');
    }
    return next();
  };
}
