import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'

type Examples = { readonly [N in OperationName]?: { input?: InputOf<N>; output?: OutputOf<N> } }

const at = '2026-01-05T09:30:00.000Z'
const later = '2026-01-05T10:30:00.000Z'

const ada = { username: 'ada', displayName: 'Ada', guest: false } as const
const message = {
  messageId: 'kX3v-1',
  chatId: 'lobby',
  seq: 12,
  number: 7,
  sender: 'ada',
  body: 'Good morning',
  mentions: [],
  attachments: [],
  reactions: {},
  createdAt: at,
  clientMessageId: 'b1946ac9-2492-4d3f-9c5b-0e6f7a8c9d10',
} satisfies OutputOf<'chat.sendMessage'>

const chatId = 'lobby'
const ben = { username: 'ben' } as const
const plan = { type: 'plan', id: 'summer' } as const

/** What operations look like, for the references: an input for every one that has to be given something. */
export const examples: Examples = {
  'system.echo': { input: { message: 'hello' }, output: { message: 'hello' } },
  'streams.join': { input: { stream: 'chat:lobby' } },
  'streams.leave': { input: { stream: 'chat:lobby' } },
  'streams.resume': { input: { epoch: 'k3J9', heads: { 'chat:lobby': 12, 'user:ada': 3 } } },
  'auth.register': { input: { username: 'ada', password: 'correct horse', displayName: 'Ada' } },
  'auth.signIn': { input: { username: 'ada', password: 'correct horse' } },
  'auth.continueAsGuest': { input: { displayName: 'Ada' } },
  'auth.refresh': { input: { refreshToken: 'rQ2v…' } },
  'auth.renew': { input: { token: 'eyJhbGciOi…' } },
  'auth.changePassword': {
    input: { currentPassword: 'correct horse', newPassword: 'battery staple' },
  },
  'auth.issueToken': {
    input: { username: 'ada', displayName: 'Ada', ttl: 3600 },
    output: { token: 'eyJhbGciOi…', expiresAt: later },
  },
  'auth.revokeTokens': { input: ben },
  'auth.createApiKey': { input: { name: 'Shop', scopes: ['chat:write', 'act_as'] } },
  'users.getUser': { input: ben, output: ada },
  'users.getUsers': { input: { usernames: ['ada'] }, output: { items: [ada] } },
  'users.updateMe': { input: { displayName: 'Ada', picture: null } },
  'users.setProperty': { input: { name: 'plan', value: 'gold' } },
  'users.createUser': { input: { username: 'ben', displayName: 'Ben' } },
  'users.updateUser': { input: { ...ben, displayName: 'Ben' } },
  'users.setRole': { input: { ...ben, role: 'admin' } },
  'groups.createGroup': { input: { name: 'staff', description: 'Who works here' } },
  'groups.updateGroup': { input: { name: 'staff', description: 'Who works here' } },
  'groups.addGroupMembers': { input: { name: 'staff', usernames: ['ben'] } },
  'groups.removeGroupMembers': { input: { name: 'staff', usernames: ['ben'] } },
  'contacts.addContact': { input: { ...ben, nickname: 'Benny', labels: ['work'] } },
  'contacts.updateContact': { input: { ...ben, nickname: 'Benny' } },
  'presence.setPresence': {
    input: { state: 'dnd', status: 'In a meeting', statusExpiresAt: later },
    output: { state: 'dnd', status: 'In a meeting', statusExpiresAt: later, showLastSeen: true },
  },
  'presence.setIdle': { input: { idle: true } },
  'presence.getPresence': {
    input: { usernames: ['ada'] },
    output: { items: [{ username: 'ada', rev: 4, state: 'available', since: at }] },
  },
  'presence.subscribe': { input: { chatId } },
  'presence.unsubscribe': { input: { chatId } },
  'presence.listAudience': { input: { chatId } },
  'activities.joinActivity': { input: { ...plan, create: { title: 'Summer' } } },
  'activities.leaveActivity': { input: plan },
  'activities.getActivity': { input: plan },
  'activities.updateActivity': { input: { ...plan, title: 'Summer at the lake' } },
  'activities.removeParticipant': { input: { ...plan, ...ben, reason: 'We are done here' } },
  'activities.setState': { input: { ...plan, values: { colour: 'red' } } },
  'activities.removeState': { input: { ...plan, keys: ['colour'] } },
  'activities.broadcast': { input: { ...plan, event: 'wave', data: { times: 2 } } },
  'activities.setShared': {
    input: { ...plan, key: 'form.title', value: 'Lake', ifVersion: 0 },
    output: { key: 'form.title', value: 'Lake', version: 5, by: 'ada' },
  },
  'activities.setPermissions': {
    input: { ...plan, subject: 'group:staff', permissions: ['join', 'view_state'] },
  },
  'chat.createChat': {
    input: { kind: 'channel', chatId: 'plans', name: 'Plans', visibility: 'private' },
  },
  'chat.openDirect': { input: { usernames: ['ben'] } },
  'chat.getChat': { input: { chatId } },
  'chat.joinChat': { input: { chatId } },
  'chat.sendMessage': {
    input: { chatId, clientMessageId: message.clientMessageId, body: 'Good morning' },
    output: message,
  },
  'chat.readHistory': { input: { chatId }, output: { items: [message], head: 12 } },
  'chat.markRead': {
    input: { chatId, seq: 12 },
    output: { readSeq: 12, readNumber: 7, unread: 0 },
  },
  'chat.setTyping': { input: { chatId, typing: true }, output: {} },
  'chat.addMembers': { input: { chatId, usernames: ['ben'] } },
  'chat.setMemberRole': { input: { chatId, ...ben, role: 'owner' } },
  'chat.setName': { input: { chatId, name: 'Plans' } },
  'chat.setTopic': { input: { chatId, topic: 'What comes next' } },
  'chat.setPermissions': { input: { chatId, subject: 'group:staff', permissions: ['send'] } },
}

export const exampleOf = (name: string): { input?: object; output?: unknown } =>
  (examples as Partial<Record<string, { input?: object; output?: unknown }>>)[name] ?? {}
