/** The pages, as text. {@link html} escapes every value, except markup that {@link html} itself created. */
import type { Photo } from './photos.ts';

class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function toText(value: Value): string {
  if (value instanceof Markup) {
    return value.text;
  }
  return typeof value === 'object'
    ? value.map(toText).join('')
    : String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, index) => part + toText(values[index] ?? '')).join(''));
}

function layout(page: {
  readonly title: string;
  readonly nav?: Markup;
  readonly notice?: string | undefined;
  readonly main: Markup;
}): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28" />Prints</a>
          ${page.nav ?? ''}
        </header>
        <main>
          ${page.notice === undefined ? '' : html`<p class="notice" role="status" data-testid="notice">${page.notice}</p>`}
          ${page.main}
        </main>
        <footer><p>Prints is an example app. Nothing is printed, nothing is sold.</p></footer>
      </body>
    </html> `.text;
}

export function welcomePage(notice?: string): string {
  return layout({
    title: 'Prints',
    notice,
    main: html`<section class="welcome" data-testid="signed-out">
      <div class="opening">
        <div>
          <h1>Your photos, on paper.</h1>
          <p class="lead">
            Choose from the library you already have. Prints asks to see your photos, and for nothing else.
          </p>
          <p><a class="button" href="/sign-in">Connect your photos</a></p>
        </div>
        <img src="/welcome.svg" alt="" width="400" height="380" />
      </div>
      <ol class="steps">
        <li><b>Connect.</b> You sign in where your account is. Prints never sees your password.</li>
        <li><b>Choose.</b> Your pictures appear here, ready for the frame.</li>
        <li><b>Change your mind.</b> You can withdraw access at any time.</li>
      </ol>
    </section>`,
  });
}

const paper = ['10 × 15 cm, matt', '13 × 18 cm, matt', '20 × 30 cm, fine art'];

function day(date: string): string {
  return new Date(date).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

export function photosPage(model: {
  readonly name: string | undefined;
  readonly photos: readonly Photo[];
  readonly canAdd: boolean;
  readonly notice: string | undefined;
}): string {
  const add = html`<form class="add" method="post" action="/photos">
    <label for="title">Title of the new photo</label>
    <div class="row">
      <input id="title" name="title" required maxlength="60" autocomplete="off" /><button>Add photo</button>
    </div>
  </form>`;
  const ask = html`<p>
      Prints can only see your photos. To let it add photos to your library, give it one more permission.
    </p>
    <p><a class="button quiet" href="/sign-in/more" data-testid="ask-for-more">Let Prints add photos</a></p>`;
  return layout({
    title: 'Your photos · Prints',
    notice: model.notice,
    nav: html`<nav aria-label="Account">
      <span class="person" data-testid="person">${model.name ?? 'Signed in'}</span>
      <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
    </nav>`,
    main: html`<section data-testid="signed-in">
        <h1>Your photos</h1>
        <p class="lead">${model.photos.length} pictures from your library, ready for paper.</p>
        <ul class="photos" data-testid="photos">
          ${model.photos.map(
            (photo, index) =>
              html`<li data-testid="photo">
                <figure>
                  <img src="${photo.image}" alt="" width="400" height="300" />
                  <figcaption>
                    <b>${photo.title}</b><span>${day(photo.taken)}</span
                    ><span class="paper">${paper[index % paper.length] ?? ''}</span>
                  </figcaption>
                </figure>
              </li>`,
          )}
        </ul>
      </section>
      <section class="access" aria-labelledby="access">
        <h2 id="access">What Prints may do</h2>
        <ul class="scopes" data-testid="scopes">
          <li>See your photos</li>
          ${model.canAdd ? html`<li>Add photos to your library</li>` : ''}
        </ul>
        ${model.canAdd ? add : ask}
      </section>`,
  });
}

export function problemPage(model: {
  readonly heading: string;
  readonly text: string;
  readonly again: { readonly href: string; readonly label: string };
}): string {
  return layout({
    title: `${model.heading} · Prints`,
    main: html`<section class="problem" data-testid="problem">
      <h1>${model.heading}</h1>
      <p class="lead">${model.text}</p>
      <p><a class="button" href="${model.again.href}">${model.again.label}</a></p>
    </section>`,
  });
}
