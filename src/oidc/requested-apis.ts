/** What the checks of one request have found out about its APIs, for the later steps of the same request. */
import type { ApiDocument } from '../storage/collections.ts';

export interface RequestedApis {
  /** Adds these APIs to those of this request, so that each is read once. */
  remember(request: object, apis: readonly ApiDocument[]): void;
  /** The remembered API with this identifier. */
  find(request: object, identifier: string): ApiDocument | undefined;
  /** The token of this request is for userinfo, not for an API. */
  chooseUserinfo(request: object): void;
  isForUserinfo(request: object): boolean;
}

export function createRequestedApis(): RequestedApis {
  const remembered = new WeakMap<object, readonly ApiDocument[]>();
  const forUserinfo = new WeakSet();
  return {
    remember: (request, apis) => {
      remembered.set(request, [...(remembered.get(request) ?? []), ...apis]);
    },
    find: (request, identifier) => remembered.get(request)?.find(({ _id }) => _id === identifier),
    chooseUserinfo: (request) => {
      forUserinfo.add(request);
    },
    isForUserinfo: (request) => forUserinfo.has(request),
  };
}
