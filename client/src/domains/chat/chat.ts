import type { DataOf, EventItem, Message } from '@collab-kit/protocol'
import { chatStream, limitDefaults } from '@collab-kit/protocol/runtime'
import { Outbox } from '../../outbox/outbox.ts'
import type { DomainContext } from '../context.ts'
import { register } from '../index.ts'
import { Chats } from './actions.ts'
import type { ChatModule } from './handle.ts'
import { chatEvents, patchChat } from './state.ts'

/** The chats of a page with the messages on their way, over every change of connection and person. */
export function create(context: DomainContext): ChatModule {
  register(chatEvents)
  const { board, emitter, people } = context
  const outbox = createOutbox(context)
  const chats = new Chats(context, outbox)

  function identified() {
    const prefix = context.keyOf('outbox')
    if (prefix === undefined) return
    void outbox.identify(prefix)
    chats.identified()
  }

  function applied(items: readonly EventItem[]) {
    for (const { name, data } of items) {
      if (name !== 'chat.messageSent') continue
      const message = data as Message
      if (message.sender === board.get().username) outbox.confirmed(message.chatId, [message])
      people.want([message.sender])
    }
  }

  emitter.on('identified', identified)
  emitter.on('applied', applied)
  emitter.on('chat.typingChanged', ({ data }: EventItem<DataOf<'chat.typingChanged'>>) => {
    chats.typing.heard(data)
    people.want([data.username])
  })
  emitter.on('chat.chatAdded', ({ data }: EventItem<DataOf<'chat.chatAdded'>>) =>
    chats.added(data.chatId),
  )
  // What is shown of a person is another, now.
  emitter.on('users.blockedChanged', () => chats.reload())
  emitter.on('opened', () => {
    chats.opened()
    void outbox.adopt()
    outbox.drain()
  })
  emitter.on('closed', () => chats.typing.clear())
  emitter.on('reset', () => {
    outbox.forget()
    chats.reset()
  })
  emitter.on('hidden', () => chats.flush())
  emitter.on('visible', () => void outbox.adopt())
  emitter.on('end', () => {
    chats.close()
    outbox.close()
  })
  // Everything of that may have been before this came.
  identified()
  return chats
}

function createOutbox({ board, calls, clock, storage, streams }: DomainContext): Outbox {
  return new Outbox({
    clock,
    calls,
    storage,
    limits: () => board.get().limits ?? limitDefaults,
    // A chat that is being joined does not take messages yet.
    isReady: (chatId) => board.get().chats[chatId]?.status !== 'loading',
    onChange: (chatId, pending) =>
      board.update(patchChat(chatId, (chat) => ({ ...chat, pending }))),
    // The service has a message: its answer is its event, unless others come first.
    onSent(message) {
      const { chatId, seq, createdAt: at, sender: username } = message
      const stream = chatStream(chatId)
      if (!streams.follows(stream)) return true
      streams.learn({
        name: 'chat.messageSent',
        stream,
        seq,
        at,
        actor: { username },
        data: message,
      })
      return seq <= (streams.position(stream) ?? -1)
    },
  })
}
