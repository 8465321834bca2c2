/**
 * What stands in the page where scripts do not run: a root in which no element of ours is known, so that only the
 * content between the tags shows.
 */
export function withoutScript(markup: string): HTMLElement {
  const place = document.createElement('div')
  place.attachShadow({
    mode: 'open',
    customElementRegistry: new CustomElementRegistry(),
  }).innerHTML = markup
  return place
}
