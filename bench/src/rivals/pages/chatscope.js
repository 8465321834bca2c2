import '@chatscope/chat-ui-kit-styles/dist/default/styles.min.css'
import {
  ChatContainer,
  ConversationHeader,
  MainContainer,
  Message,
  MessageInput,
  MessageList,
} from '@chatscope/chat-ui-kit-react'
import { createElement as h } from 'react'
import { createRoot } from 'react-dom/client'

// It has no store: the page holds the messages, and renders the whole list for every one that comes.
let root
let shown = []

const message = ({ id, text, name, own }) =>
  h(Message, {
    key: id,
    model: {
      message: text,
      sender: name,
      direction: own ? 'outgoing' : 'incoming',
      position: 'single',
      type: 'text',
    },
  })

const chat = (messages) =>
  h(
    MainContainer,
    null,
    h(
      ChatContainer,
      null,
      h(ConversationHeader, null, h(ConversationHeader.Content, { userName: 'The long room' })),
      h(MessageList, null, ...messages.map(message)),
      h(MessageInput, { placeholder: 'Message', attachButton: true }),
    ),
  )

globalThis.rival = {
  mount(host, messages) {
    shown = messages
    root = createRoot(host)
    root.render(chat(shown))
  },
  append(one) {
    shown = [...shown, one]
    root.render(chat(shown))
  },
  newest() {
    // After the messages come an anchor and two scroll bars.
    let row = document.querySelector('.cs-message-list__scroll-wrapper')?.lastElementChild
    while (row && !row.classList.contains('cs-message')) row = row.previousElementSibling
    return row
  },
  text: (row) => row.querySelector('.cs-message__content'),
}
