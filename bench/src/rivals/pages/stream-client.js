import { StreamChat } from 'stream-chat'

const MEMBERS = new Map()
const userOf = ({ sender, name }) => {
  if (!MEMBERS.has(sender)) MEMBERS.set(sender, { id: sender, name, role: 'user', online: true })
  return MEMBERS.get(sender)
}

export const toMessage = (one) => ({
  id: one.id,
  cid: 'messaging:room',
  type: 'regular',
  text: one.text,
  html: `<p>${one.text}</p>`,
  user: userOf(one),
  attachments: [],
  mentioned_users: [],
  latest_reactions: [],
  own_reactions: [],
  reaction_counts: {},
  reaction_scores: {},
  reply_count: 0,
  status: 'received',
  created_at: one.at,
  updated_at: one.at,
})

/** A client whose every request is answered with nothing, and a channel that holds these messages. */
export function offline(messages) {
  const client = new StreamChat('key', { disableCache: true })
  client._setUser({ id: 'ann', name: 'Ann Kowalska', role: 'user' })
  client.userID = 'ann'
  client.setUserPromise = client.wsPromise = Promise.resolve({})
  client._getConnectionID = () => 'connection'
  client._hasConnectionID = () => true
  client._getToken = () => 'token'
  client.tokenManager.getToken = () => 'token'
  client.tokenManager.tokenReady = () => Promise.resolve('token')
  client.doAxiosRequest = async () => ({
    app: {},
    duration: '0ms',
    messages: [],
    members: [],
    watchers: [],
    event: {},
  })
  client.openConnection = client._setupConnection = async () => ({})
  client.getAppSettings = async () => ({ app: {} })
  const channel = client.channel('messaging', 'room', { name: 'The long room' })
  channel.data = {
    ...channel.data,
    id: 'room',
    cid: 'messaging:room',
    type: 'messaging',
    name: 'The long room',
    member_count: 500,
    own_capabilities: [
      'send-message',
      'read-events',
      'typing-events',
      'send-typing-events',
      'connect-events',
    ],
    config: { read_events: true, typing_events: true, commands: [], max_message_length: 5000 },
  }
  client.configs['messaging:room'] = channel.data.config
  channel.initialized = true
  channel.offlineMode = false
  channel.watch = channel.query = async () => ({
    messages: [],
    members: [],
    watchers: [],
    read: [],
  })
  channel.markRead = async () => null
  channel.state.addMessagesSorted(messages.map(toMessage), false, true, true, 'latest')
  channel.state.membership = { user: client.user }
  return { client, channel }
}

/** One message more, as it comes from the service. */
export function arrive(client, one) {
  const message = toMessage(one)
  client.dispatchEvent({
    type: 'message.new',
    cid: message.cid,
    channel_id: 'room',
    channel_type: 'messaging',
    message,
    user: message.user,
    created_at: message.created_at,
  })
}
