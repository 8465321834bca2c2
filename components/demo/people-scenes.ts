import type { CollabState, PresencePlace } from '@collab-kit/client'
import type { ErrorShape, OwnPresence } from '@collab-kit/protocol'
import type { AvatarStackElement } from '../src/features/avatar-stack/avatar-stack.ts'
import type { PresenceListElement } from '../src/features/presence-list/presence-list.ts'
import type { PresenceStatusElement } from '../src/features/presence-status/presence-status.ts'
import { type FakeClient, fakeClient, serviceInfo } from './fake-client.ts'
import { crowd, four, presenceOf, type Shown } from './presence-people.ts'

type Shows = PresenceListElement | AvatarStackElement
type Scene<E extends HTMLElement> = (element: E) => FakeClient

const longAgo = () => Date.now() - 60_000

const long: readonly Shown[] = [
  {
    username: 'maximiliane',
    name: 'Maximiliane Friederike von Hohenstein-Wittelsbach-Donaudampfschifffahrt',
    status:
      'On the night train to the coast with a connection that comes and goes, so do write all the same',
    role: 'Head of quite a number of things',
  },
  ...four,
]

const own: OwnPresence = {
  state: 'available',
  status: 'Reviewing the release notes of the next version',
  showLastSeen: true,
}

interface Given<E> {
  people?: readonly Shown[]
  place?: Partial<PresencePlace>
  state?: Partial<CollabState>
  properties?: Partial<E>
  /** Pressed before anybody looks. */
  press?: string
}

/** What a person pressed is open once it is fetched. */
function press(element: Shows | PresenceStatusElement, selector: string): void {
  void element.whenReady().then(() => {
    const found = element.shadowRoot?.querySelector<HTMLElement>(selector)
    found?.focus()
    found?.click()
  })
}

function scene<E extends Shows>({
  people = four,
  place = {},
  state = {},
  properties = {},
  press: pressed,
}: Given<E> = {}): Scene<E> {
  return (element) => {
    const client = fakeClient({ state: { ...presenceOf(people, { place, own }), ...state } })
    Object.assign(element, { client, contacts: true, ...properties })
    if (pressed) press(element, pressed)
    return client
  }
}

const refused = (code: ErrorShape['code']): Partial<PresencePlace> => ({
  status: 'refused',
  error: { code, message: code, retryable: false, requestId: 'r' },
})

const lost = (status: 'offline' | 'reconnecting'): Partial<CollabState> => ({
  connection: { status, since: longAgo(), attempt: 3 },
})

const signedOut: Partial<CollabState> = {
  connection: { status: 'signed_out', since: longAgo(), attempt: 0 },
  service: serviceInfo,
}

/** A list of people in every state. */
export const presenceListScenes: Record<string, Scene<PresenceListElement>> = {
  full: scene({ properties: { withSelf: true } }),
  many: scene({ people: crowd(30), properties: { max: 8 } }),
  card: scene({
    press: '.who',
    properties: { participantActions: [{ action: 'message', label: 'Write a message' }] },
  }),
  roles: scene({ people: long, properties: { groupBy: 'role' } }),
  inline: scene({ people: crowd(9), properties: { layout: 'inline' } }),
  audience: scene({
    people: four,
    place: { audience: { online: 1234, total: 5000 } },
  }),
  empty: scene({ people: [] }),
  loading: scene({ place: { status: 'loading' } }),
  offline: scene({ state: lost('offline') }),
  forbidden: scene({ place: refused('forbidden') }),
  'sign-in': scene({ state: signedOut }),
  'long-names': scene({ people: long }),
}

/** A stack of faces in every state. */
export const avatarStackScenes: Record<string, Scene<AvatarStackElement>> = {
  full: scene(),
  many: scene({ people: crowd(30), properties: { withCount: true } }),
  overflow: scene({ people: [...long, ...crowd(12)], press: '.overflow' }),
  card: scene({ people: long, press: '.person' }),
  small: scene({ people: crowd(9), properties: { size: 'small' } }),
  empty: scene({ people: [] }),
  loading: scene({ place: { status: 'loading' } }),
  offline: scene({ state: lost('offline') }),
}

const status =
  (state: Partial<CollabState> = {}, pressed?: string): Scene<PresenceStatusElement> =>
  (element) => {
    const client = fakeClient({ state: { ...presenceOf(four, { own }), ...state } })
    element.client = client
    if (pressed) press(element, pressed)
    return client
  }

/** One's own status in every state. */
export const presenceStatusScenes: Record<string, Scene<PresenceStatusElement>> = {
  full: status(),
  open: status({}, 'button'),
  loading: status(presenceOf(four)),
  offline: status(lost('offline')),
  'sign-in': status(signedOut),
}
