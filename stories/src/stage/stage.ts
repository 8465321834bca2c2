import { type CollabClient, createCollab } from '@collab-kit/client'
import type { CollabElement } from '@collab-kit/components'
import type { StoryContext } from '@storybook/web-components-vite'
import {
  createWorld,
  ME,
  type PersonName,
  restartStoryTime,
  Scene,
  until,
  type World,
  wireQualities,
} from '../scripted/index.ts'
import { watchEvents } from './coverage.ts'
import { deep } from './deep.ts'
import { type CatalogueGlobals, dress } from './globals.ts'
import { frame } from './hand.ts'

/** What a story builds its elements from. */
export interface Building<Args> {
  args: Args
  client: CollabClient
  world: World
  /** Whose side of the stage it is. */
  person: PersonName
  /** An element that has the stage's client and, now and when they change, the story's args. */
  element: <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    properties?: Partial<HTMLElementTagNameMap[K]>,
  ) => HTMLElementTagNameMap[K]
  /** The client of a world beside this one, in which something else happens. */
  beside: (scene: Scene) => CollabClient
}

export type Build<Args> = (building: Building<Args>) => HTMLElement

/** A story that stands in the page. */
export interface Stage {
  readonly root: HTMLElement
  readonly world: World
  readonly client: CollabClient
  /** Waits until everything is as the story wants to show it. */
  settled(): Promise<void>
}

interface MountedStage extends Stage {
  /** What would need another stage. */
  key: string
  update(args: object, globals: CatalogueGlobals): void
  end(): void
}

const LOCAL_SERVICE = 'http://localhost:4000'
const stages = new Map<HTMLElement, MountedStage>()

/** Renders a story: its world by the parameter `scene`, its elements by `build`. */
export function onStage<Args extends object>(
  build: Build<Args>,
): (args: Args, context: StoryContext<Args>) => HTMLElement {
  return (args, { canvasElement, parameters, globals, viewMode }) => {
    const wanted = globals as unknown as CatalogueGlobals
    const scene = parameters['scene'] instanceof Scene ? parameters['scene'] : new Scene({})
    const standing = stages.get(canvasElement)
    const key = wanted.backend
    const kept = standing?.key === key ? standing : undefined
    if (!kept) {
      standing?.end()
      if (viewMode === 'story') restartStoryTime()
    }
    const stage = kept ?? raise({ scene, args, globals: wanted, build: build as Build<object> })
    stages.set(canvasElement, stage)
    stage.update(args, wanted)
    return stage.root
  }
}

/** The stage of a story, once it is as it wants to be shown. */
export function stageOf(canvasElement: HTMLElement): Stage {
  const stage = stages.get(canvasElement)
  if (!stage) throw new Error('This story does not stand on a stage.')
  return stage
}

/** Waits for the story in this canvas, whatever it is. */
export async function settledIn(canvasElement: HTMLElement): Promise<void> {
  await stages.get(canvasElement)?.settled()
}

/** To be called when a story comes; answers what is to be done when it goes. */
export function clearedAfter(canvasElement: HTMLElement): (() => void) | undefined {
  if (stages.has(canvasElement)) return undefined
  return () => {
    stages.get(canvasElement)?.end()
    stages.delete(canvasElement)
  }
}

interface Raising {
  scene: Scene
  args: object
  globals: CatalogueGlobals
  build: Build<object>
}

/** A scene that is played on a stage. */
interface Play {
  scene: Scene
  world: World
  client: CollabClient
}

function open(scene: Scene, person: PersonName | 'nobody' = scene.as ?? ME): Play {
  const world = createWorld(scene.script)
  scene.before?.(world)
  const client = world.clientFor(person === 'nobody' ? undefined : person, scene.wish)
  return { scene, world, client }
}

function raise({ scene, args, globals, build }: Raising): MountedStage {
  const root = document.createElement('div')
  root.className = 'stage'
  const stopWatching = watchEvents(root)
  const main = open(scene)
  const { world } = main
  const local =
    globals.backend === 'local' ? createCollab({ serviceUrl: LOCAL_SERVICE }) : undefined
  const sides = new Map([[scene.as ?? ME, local ?? main.client]])
  if (globals.backend === 'two') sides.set('ben', world.clientFor('ben', scene.wish))
  root.classList.toggle('side-by-side', sides.size > 1)
  const plays = [main]
  const made: { element: HTMLElement; own: object }[] = []
  for (const [side, client] of sides) {
    const element: Building<object>['element'] = (tag, properties = {}) => {
      const fresh = document.createElement(tag)
      assign(fresh, { client, ...args, ...properties })
      made.push({ element: fresh, own: properties })
      return fresh
    }
    const beside = (other: Scene) => {
      const play = open(other)
      plays.push(play)
      return play.client
    }
    const person = side === 'nobody' ? ME : side
    root.append(build({ args, client, world, person, element, beside }))
  }
  let settling: Promise<void> | undefined
  return {
    root,
    world,
    client: main.client,
    key: globals.backend,
    settled: () => (settling ??= settle(root, local ? [] : plays)),
    update(nextArgs, next) {
      dress(root, next)
      for (const play of plays) play.world.wire = wireQualities[next.wire]
      for (const each of made) assign(each.element, { ...nextArgs, ...each.own })
    },
    end() {
      stopWatching()
      root.remove()
      for (const play of plays) play.world.end()
      local?.close()
    },
  }
}

async function settle(root: HTMLElement, plays: readonly Play[]): Promise<void> {
  const mayBeBusy = plays.some(({ scene }) => scene.unready)
  await quiet(root, mayBeBusy)
  for (const { scene, world, client } of plays) await scene.after?.(world, client)
  if (plays.some(({ scene }) => scene.after)) await quiet(root, mayBeBusy)
}

/** Waits until nothing is busy and nothing waits to be drawn, for two frames in a row. */
async function quiet(root: HTMLElement, mayBeBusy: boolean): Promise<void> {
  let still = 0
  await until(() => root.isConnected, 'the story stands in the page')
  const end = performance.now() + 10_000
  if (!mayBeBusy) await ready(root)
  while (still < 2) {
    await frame()
    const restless = [...deep(root)].find((element) => isRestless(element, mayBeBusy))
    still = restless ? 0 : still + 1
    if (performance.now() > end && restless) {
      throw new Error(`After 10 s <${restless.localName} class="${restless.className}"> is busy.`)
    }
  }
}

/** Waits for what every element says of itself. */
async function ready(root: HTMLElement): Promise<void> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('After 10 s an element is not ready.')), 10_000),
  )
  const elements = [...root.querySelectorAll<HTMLElement>(':defined')]
  await Promise.race([
    Promise.all(
      elements.map(async (each) => {
        if ('whenReady' in each) await (each as CollabElement).whenReady()
      }),
    ),
    late,
  ])
}

function isRestless(element: Element, mayBeBusy: boolean): boolean {
  if ('isUpdatePending' in element && element.isUpdatePending === true) return true
  return !mayBeBusy && element.getAttribute('aria-busy') === 'true' && element.checkVisibility()
}

const told = new WeakMap<HTMLElement, Set<string>>()

/** Gives an element its properties; what a control names as an attribute is one. */
function assign(made: HTMLElement, properties: object): void {
  for (const [key, value] of Object.entries(properties)) {
    if (/^on[A-Z]/.test(key)) listen(made, key, value)
    else if (key.includes('-')) reflect(made, key, value)
    else if (key in made && Reflect.get(made, key) !== value) Reflect.set(made, key, value)
  }
}

function reflect(made: HTMLElement, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) made.removeAttribute(name)
  else if (typeof value === 'string' || typeof value === 'number')
    made.setAttribute(name, `${value}`)
  else if (value === true) made.setAttribute(name, '')
}

/** What the catalogue's panel of events hears, by the name it has there: `onCollabSent`. */
function listen(made: HTMLElement, key: string, hear: unknown): void {
  const name = key
    .slice(2)
    .replaceAll(/(?!^)[A-Z]/g, '-$&')
    .toLowerCase()
  const names = told.get(made) ?? new Set()
  if (names.has(name) || typeof hear !== 'function') return
  told.set(made, names.add(name))
  made.addEventListener(name, (event) => (hear as (event: Event) => void)(event))
}

/** Builds one element of a kind. */
export const one =
  <K extends keyof HTMLElementTagNameMap>(tag: K): Build<Partial<HTMLElementTagNameMap[K]>> =>
  ({ element }) =>
    element(tag)
