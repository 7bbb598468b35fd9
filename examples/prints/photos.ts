/** Calls to the Photos API. */
export interface Photo {
  readonly id: string;
  readonly title: string;
  readonly taken: string;
  readonly image: string;
}

/** The API rejected a request: 401 the token is invalid, 403 its scope is insufficient, 503 try again later. */
export class PhotosApiError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The Photos API answered ${status}.`);
    this.status = status;
  }
}

function isPhoto(value: unknown): value is Photo {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['id', 'title', 'taken', 'image'].every(
      (name) => typeof Object.entries(value).find(([key]) => key === name)?.[1] === 'string',
    )
  );
}

export function createPhotos(url: string) {
  async function call(accessToken: string, method: 'GET' | 'POST', body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}/photos`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) {
      throw new PhotosApiError(response.status);
    }
    return await response.json();
  }

  return {
    async list(accessToken: string): Promise<readonly Photo[]> {
      const answer = await call(accessToken, 'GET');
      const photos: unknown = typeof answer === 'object' && answer !== null && 'photos' in answer ? answer.photos : [];
      return Array.isArray(photos) ? photos.filter(isPhoto) : [];
    },
    async add(accessToken: string, title: string): Promise<void> {
      await call(accessToken, 'POST', { title });
    },
  };
}
