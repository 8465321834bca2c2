import { majorOf } from './version.ts'

/** Tells the page's author that a tag is taken, by another version or by something else. */
export function report(
  tag: string,
  { own, held }: { own: string; held: string | undefined },
): void {
  if (held !== undefined && majorOf(held) === majorOf(own)) {
    // oxlint-disable-next-line no-console -- the page's author has to know, and nothing else reaches them
    console.warn(`<${tag}> ${held} was here first; ${own} is not used.`)
    return
  }
  // oxlint-disable-next-line no-console -- as above
  console.error(
    `<${tag}> belongs to ${held ?? 'another element'}; ${own} is not used. Use another tag: define('my-${tag}').`,
  )
}
