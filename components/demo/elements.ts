import '../src/features/activity-room/index.ts'
import '../src/features/avatar-stack/index.ts'
import '../src/features/collab-chat/index.ts'
import '../src/features/collab-composer/index.ts'
import '../src/features/collab-messages/index.ts'
import '../src/features/collab-sign-in/index.ts'
import '../src/features/live-cursors/index.ts'
import '../src/features/presence-list/index.ts'
import '../src/features/presence-status/index.ts'
import { type FakeClient, fakeClient } from './fake-client.ts'
import { avatarStackScenes, presenceListScenes, presenceStatusScenes } from './people-scenes.ts'
import { cursorScenes, roomScenes } from './room-scenes.ts'
import { scenes } from './scenes.ts'

type ChatTag = 'collab-chat' | 'collab-composer' | 'collab-messages' | 'collab-sign-in'
/** Every element that shows something. */
export type Tag =
  | ChatTag
  | 'activity-room'
  | 'avatar-stack'
  | 'live-cursors'
  | 'presence-list'
  | 'presence-status'

/** Puts an element into a state; the answer is the client that it has then. */
type Scene<T extends Tag> = (element: HTMLElementTagNameMap[T]) => FakeClient
type Scenes = { readonly [T in Tag]: Readonly<Record<string, Scene<T>>> }

const chatScenes = (): Record<string, Scene<ChatTag>> =>
  Object.fromEntries(
    Object.entries(scenes).map(([name, state]): [string, Scene<ChatTag>] => [
      name,
      (element) => {
        const client = fakeClient({ state: state() })
        if ('chatId' in element) element.chatId = 'lobby'
        element.client = client
        return client
      },
    ]),
  )

const all: Scenes = {
  'activity-room': roomScenes,
  'avatar-stack': avatarStackScenes,
  'collab-chat': chatScenes(),
  'collab-composer': chatScenes(),
  'collab-messages': chatScenes(),
  'collab-sign-in': chatScenes(),
  'live-cursors': cursorScenes,
  'presence-list': presenceListScenes,
  'presence-status': presenceStatusScenes,
}

/** An element in a state, not yet on the page. */
export interface Made<T extends Tag> {
  element: HTMLElementTagNameMap[T]
  client: FakeClient
}

/** @param scene A state of this element; `full` where it has none of that name. */
export function make<T extends Tag>(tag: T, scene: string): Made<T> {
  const put: Scene<T> | undefined = all[tag][scene] ?? all[tag]['full']
  if (!put) throw new Error(`<${tag}> has no scenes.`)
  const element = document.createElement(tag)
  return { element, client: put(element) }
}
