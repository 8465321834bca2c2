import type { ActivityState, CollabClient } from '@collab-kit/client'
import type { StateValue } from '@collab-kit/protocol'
import { expect, type Browser, type Locator, type Page } from '@playwright/test'

/** Type of the activities of these journeys. */
export const TYPE = 'form'

let made = 0
/** Id of an activity that nobody was in yet. */
export const newActivity = (): string => `activity-${process.pid}-${++made}`

export interface RoomOptions {
  token: string
  id: string
  /** Further attributes. */
  attributes?: string
}

/** `<activity-room>` around some content, for one whose token is known. */
export const roomFor = (content: string, { token, id, attributes = '' }: RoomOptions): string =>
  `<activity-room activity-type="${TYPE}" activity-id="${id}" token="${token}" ${attributes}>${content}</activity-room>`

export type RoomElement = HTMLElement & {
  client: CollabClient
  shared: Readonly<Record<string, StateValue>>
  follow(whom: string): boolean
  rejoin(): void
  resolve(key: string, choice: 'mine' | 'theirs'): void
}

/** `<activity-room>` as a person meets it. */
export interface RoomOnPage {
  readonly element: Locator
  /** Resolves when the person is in. */
  ready(): Promise<void>
  /** What the element's store holds of the activity. */
  held(): Promise<ActivityState | undefined>
  /** Values of the shared state. */
  shared(): Promise<Readonly<Record<string, StateValue>>>
  /** The field that is bound to this key. */
  field(key: string): Locator
  /** What stands below that field. */
  hint(key: string): Locator
  /** What the page heard of the element, by the name of the event. */
  heard(type: string): Promise<unknown[]>
}

export function roomOn(page: Page, id: string): RoomOnPage {
  const element = page.locator('activity-room')
  const held = () =>
    element.evaluate(
      (room, key) => (room as RoomElement).client?.store.getState().activities[key],
      `${TYPE}/${id}`,
    )
  return {
    element,
    ready: () => expect.poll(async () => (await held())?.status).toBe('joined'),
    held,
    shared: () => element.evaluate((room) => (room as RoomElement).shared),
    field: (key) => page.locator(`:is(input, textarea, select)[data-collab-bind="${key}"]`),
    hint: (key) => element.locator(`[part="field-hint"][data-key="${key}"]`),
    heard: (type) =>
      page.evaluate((name) => {
        const { heard = [] } = window as Heard
        return heard.filter((each) => each.type === name).map(({ detail }) => detail)
      }, type),
  }
}

interface Heard {
  heard?: { type: string; detail: unknown }[]
}

/** Keeps what elements tell the page by these events; to be called before the page is opened. */
export const listen = (page: Page, ...types: string[]) =>
  page.addInitScript((names) => {
    const heard: { type: string; detail: unknown }[] = []
    Object.assign(window, { heard })
    for (const name of names)
      window.addEventListener(name, (event) =>
        heard.push({ type: event.type, detail: (event as CustomEvent<unknown>).detail }),
      )
  }, types)

export interface Screen {
  width: number
  height?: number
  /** Direction of the whole page. */
  dir?: 'ltr' | 'rtl'
  /** CSS `zoom` of the whole page. */
  zoom?: number
  /** Pixels of the screen for one of CSS. */
  pixels?: number
}

/** A page in a browser context of its own, and what its document has in the head. */
export async function openScreen(
  browser: Browser,
  { width, height = 720, dir = 'ltr', zoom = 1, pixels = 1 }: Screen,
): Promise<{ page: Page; head: string }> {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: pixels,
    locale: 'en-GB',
  })
  return {
    page: await context.newPage(),
    head: `<script>
      document.documentElement.dir = '${dir}'
      document.documentElement.style.zoom = ${zoom}
    </script>`,
  }
}
