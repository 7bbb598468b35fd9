/** Everybody's photos, in memory. A newcomer finds a few; what a machine adds is seen by all. */
import { randomUUID } from 'node:crypto';
import { landscape } from './landscape.ts';

export interface Photo {
  readonly id: string;
  readonly title: string;
  /** ISO 8601 date. */
  readonly taken: string;
  /** The picture itself, as a `data:` URI of an SVG. */
  readonly image: string;
}

const firstPhotos = [
  'Morning over the lake',
  'First snow',
  'Dunes at noon',
  'The long way home',
  'Blue hour',
  'Harvest',
];
const maxPhotos = 24;
const maxPeople = 1000;

function develop(title: string, taken: Date): Photo {
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
      album = firstPhotos.map((title, index) => develop(title, new Date(today - (index * 17 + 3) * 86_400_000)));
      const [oldest] = albums.keys();
      if (albums.size >= maxPeople && oldest !== undefined) {
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
      const photo = develop(title, new Date());
      album.unshift(photo);
      album.length = Math.min(album.length, maxPhotos);
      return photo;
    },
    /** A picture for everybody; one of the same title takes the place of the one before. */
    publish(title: string): Photo {
      const photo = develop(title, new Date());
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
