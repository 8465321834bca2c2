import 'stream-chat-react/dist/css/index.css'
import { createElement as h } from 'react'
import { createRoot } from 'react-dom/client'
import { Channel, ChannelHeader, Chat, MessageComposer, Window } from 'stream-chat-react'
import { arrive, offline } from './stream-client.js'

let side

/** A page with one of the two lists of messages. */
export const streamPage = (List, newest) => ({
  prepare(messages) {
    side = offline(messages)
  },
  mount(host) {
    const { client, channel } = side
    const parts = h(Window, null, h(ChannelHeader), h(List), h(MessageComposer))
    createRoot(host).render(h(Chat, { client }, h(Channel, { channel }, parts)))
  },
  append: (one) => arrive(side.client, one),
  newest,
  text: (row) => row.querySelector('.str-chat__message-text'),
})
