/** The photos of all users, in memory. A new user has some sample photos. A photo from a machine client is for all. */
import { randomUUID } from 'node:crypto';
import { landscape } from './landscape.ts';

export interface Photo {
  readonly id: string;
  readonly title: string;
  /** ISO 8601 date. */
  readonly taken: string;
  /** The picture, as a `data:` URI of an SVG. */
  readonly image: string;
}

const sampleTitles = [
  'Morning over the lake',
  'First snow',
  'Dunes at noon',
  'The long way home',
  'Blue hour',
  'Harvest',
];
const maxPhotosPerUser = 24;
const maxUsers = 1000;

function createPhoto(title: string, taken: Date): Photo {
  const image = `data:image/svg+xml;base64,${Buffer.from(landscape(title)).toString('base64')}`;
  return { id: randomUUID(), title, taken: taken.toISOString().slice(0, 10), image };
}

export function createLibrary() {
  const albums = new Map<string, Photo[]>();
  let shared: readonly Photo[] = [];

  function albumOf(subject: string): Photo[] {
    let album = albums.get(subject);
    if (album === undefined) {
      const today = Date.now();
      album = sampleTitles.map((title, index) => createPhoto(title, new Date(today - (index * 17 + 3) * 86_400_000)));
      const [oldest] = albums.keys();
      if (albums.size >= maxUsers && oldest !== undefined) {
        albums.delete(oldest);
      }
      albums.set(subject, album);
    }
    return album;
  }

  return {
    /** Newest first. */
    list: (subject: string): readonly Photo[] => [...shared, ...albumOf(subject)],
    shared: (): readonly Photo[] => shared,
    add(subject: string, title: string): Photo {
      const album = albumOf(subject);
      const photo = createPhoto(title, new Date());
      album.unshift(photo);
      album.length = Math.min(album.length, maxPhotosPerUser);
      return photo;
    },
    /** Adds a photo for all users. It replaces an earlier one with the same title. */
    publish(title: string): Photo {
      const photo = createPhoto(title, new Date());
      shared = [photo, ...shared.filter((other) => other.title !== title)].slice(0, 3);
      return photo;
    },
    count: () => ({
      people: albums.size,
      photos: [...albums.values()].reduce((sum, album) => sum + album.length, shared.length),
    }),
  };
}

export type Library = ReturnType<typeof createLibrary>;
