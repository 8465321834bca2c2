/** A chat kit that is measured. */
export interface Kit {
  name: string
  /** Packages of the npm registry with the versions measured; none for ours. */
  packages: Readonly<Record<string, string>>
  /** Page in `pages/`; ours is in `in-page/`. */
  page: string
  /** Rooms of more messages are not tried, with the reason. */
  most?: { count: number; why: string }
  /** How its WebSockets are counted, and the page in `pages/` where it is not ours. */
  sockets?: { text: string; page?: string }
  /** What to know when reading its row. */
  note?: string
}

const REACT = { react: '19.3.1', 'react-dom': '19.3.1' }
const STREAM = { 'stream-chat-react': '14.12.0', 'stream-chat': '9.53.0', ...REACT }
const OFFLINE = 'every request of its client is answered with nothing'

export const OURS: Kit = {
  name: 'Collab Kit',
  packages: {},
  page: '',
  sockets: { text: 'ten elements, each with a token function of its own' },
  note: 'with client and store; its transport ends in the page',
}

export const KITS: readonly Kit[] = [
  OURS,
  {
    name: 'Stream, VirtualizedMessageList',
    packages: STREAM,
    page: 'stream.js',
    sockets: {
      text: 'one useCreateChatClient with an inline token function, in a page drawn anew 5 times a second for 3 s',
      page: 'stream-sockets.js',
    },
    note: OFFLINE,
  },
  {
    name: 'Stream, MessageList',
    packages: STREAM,
    page: 'stream-plain.js',
    note: OFFLINE,
    most: { count: 1000, why: 'draws all messages: 1,000 take seconds' },
  },
  {
    name: 'chatscope',
    packages: {
      '@chatscope/chat-ui-kit-react': '2.1.1',
      '@chatscope/chat-ui-kit-styles': '1.4.0',
      'prop-types': '15.8.1',
      ...REACT,
    },
    page: 'chatscope.js',
    note: 'elements alone: no client, no store, no transport',
  },
  {
    name: 'deep-chat',
    packages: { 'deep-chat': '2.4.2' },
    page: 'deep-chat.js',
    note: 'no store',
    most: { count: 1000, why: '10,000 take more than a minute' },
  },
]
