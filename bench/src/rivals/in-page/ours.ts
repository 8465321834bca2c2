import '@collab-kit/components/collab-chat'
import { rowOf } from '../../page/in-page/open.ts'
import { CHAT, createRoom, type Room } from '../../page/in-page/room.ts'

let room: Room
let element: HTMLElementTagNameMap['collab-chat'] | undefined

globalThis.rival = {
  async prepare({ length: count }) {
    room = createRoom({ count, windowSize: 2 * count + 100 })
    await room.load(count)
  },
  mount(host) {
    element = document.createElement('collab-chat')
    element.chatId = CHAT
    element.client = room.client
    host.append(element)
  },
  append: () => void room.say(),
  root: () => element?.shadowRoot,
  newest: () => element && rowOf(element, room.newest),
  text: (row) => row.querySelector('.bubble'),
}
