import {
  isCollabError,
  type InputOf,
  type OperationName,
  type OutputOf,
} from '@collab-kit/protocol'
import { unique } from './connect.ts'
import { callByRest } from './http.ts'
import { commandId } from './rule.ts'
import type { Call, Peer, Person, Target } from './target.ts'

/** Whoever can call: a person or a connection. */
export interface Actor {
  readonly username: string
  readonly call: Call
}

type Created = OutputOf<'chat.createChat'>

export const channel = (
  owner: Actor,
  input: Partial<InputOf<'chat.createChat'>> = {},
): Promise<Created> =>
  owner.call('chat.createChat', { kind: 'channel', visibility: 'public', ...input })

/** A channel that only its people know of. */
export const privateChannel = (owner: Actor, members: readonly Actor[] = []): Promise<Created> =>
  channel(owner, { visibility: 'private', members: members.map(({ username }) => username) })

export const room = (
  owner: Actor,
  input: Partial<InputOf<'chat.createChat'>> = {},
): Promise<Created> =>
  owner.call('chat.createChat', { kind: 'room', visibility: 'public', ...input })

export const directWith = (
  caller: Actor,
  ...others: readonly Actor[]
): Promise<OutputOf<'chat.openDirect'>> =>
  caller.call('chat.openDirect', { usernames: others.map(({ username }) => username) })

type MessageInput = InputOf<'chat.sendMessage'>

/** Send with an id of its own. */
export const say = (
  sender: Actor,
  chatId: string,
  message: string | (Partial<MessageInput> & Record<string, unknown>) = 'hello',
): Promise<OutputOf<'chat.sendMessage'>> =>
  sender.call('chat.sendMessage', {
    chatId,
    clientMessageId: commandId(),
    body: 'hello',
    ...(typeof message === 'string' ? { body: message } : message),
  })

export const joinAll = async (chatId: string, ...people: readonly Actor[]): Promise<void> => {
  for (const each of people) await each.call('chat.joinChat', { chatId })
}

/** Resolves when the service's clock shows another moment: what comes now is later than what came before. */
export async function nextMoment(target: Target, anyone: Actor): Promise<void> {
  if (target.advance) return target.advance(1)
  const time = async () => (await anyone.call('system.getInfo', {})).serverTime
  const before = await time()
  while ((await time()) === before);
}

/** Resolves when the service has seen a connection of this person end: it is not there for REST any more. */
export async function gone(
  target: Pick<Target, 'url'>,
  { accessToken: token }: Person,
  { connectionId }: Pick<Peer, 'connectionId'>,
): Promise<void> {
  for (;;) {
    const input = { stream: 'user:nobody' }
    const outcome = callByRest({ url: target.url, token, connectionId }, 'streams.leave', input)
    const code = await outcome.then(
      () => 'still there',
      (error: unknown) => isCollabError(error) && error.code,
    )
    if (code === 'connection_required') return
    if (code !== 'still there') await outcome
  }
}

/** Call with an input that the types forbid. */
export const callWith = (caller: Actor, name: OperationName, input: unknown): Promise<unknown> =>
  caller.call(name, input as never)

/** A good input of every operation after sign-in, about this chat and this person. */
export const samples = ({
  chatId,
  username,
  token,
}: {
  chatId: string
  username: string
  token: string
}): Partial<Record<OperationName, Record<string, unknown>>> => ({
  'system.echo': { message: 'hello' },
  'system.getInfo': {},
  'system.getLimits': {},
  'streams.join': { stream: `chat:${encodeURIComponent(chatId)}` },
  'streams.leave': { stream: `chat:${encodeURIComponent(chatId)}` },
  'streams.resume': { epoch: 'none', heads: {} },
  'streams.createTicket': {},
  'streams.readSince': { stream: `chat:${encodeURIComponent(chatId)}`, seq: 0 },
  'auth.renew': { token },
  'auth.signOut': {},
  'auth.changePassword': { currentPassword: 'not this one', newPassword: 'or this one' },
  'auth.listSignIns': {},
  'auth.revokeSignIn': { id: 'none' },
  'auth.issueToken': { username: unique('issued') },
  'auth.revokeTokens': { username },
  'auth.createApiKey': { name: 'Key', scopes: ['users:read'] },
  'auth.listApiKeys': {},
  'auth.revokeApiKey': { id: 'none' },
  'auth.listAudit': {},
  'users.getMe': {},
  'users.getUser': { username },
  'users.getUsers': { usernames: [username] },
  'users.updateMe': { displayName: 'Name' },
  'users.searchUsers': { term: 'nobody has this' },
  'users.setProperty': { name: 'plan', value: 1 },
  'users.removeProperty': { name: 'plan' },
  'users.blockUser': { username: unique('nobody') },
  'users.unblockUser': { username },
  'users.listBlocked': {},
  'users.exportMe': {},
  'users.deleteMe': { password: 'not this one' },
  'users.createUser': { username: unique('made') },
  'users.updateUser': { username, displayName: 'Name' },
  'users.setRole': { username, role: 'user' },
  'users.disableUser': { username },
  'users.enableUser': { username },
  'users.deleteUser': { username },
  'groups.listGroups': {},
  'groups.getGroup': { name: 'none' },
  'groups.listGroupsOfUser': { username },
  'groups.createGroup': { name: unique('group') },
  'groups.updateGroup': { name: 'none', description: null },
  'groups.deleteGroup': { name: 'none' },
  'groups.addGroupMembers': { name: 'none', usernames: [username] },
  'groups.removeGroupMembers': { name: 'none', usernames: [username] },
  'contacts.listContacts': {},
  'contacts.addContact': { username: unique('nobody') },
  'contacts.updateContact': { username },
  'contacts.removeContact': { username },
  'presence.setPresence': { state: 'dnd' },
  'presence.getOwnPresence': {},
  'presence.setIdle': { idle: false },
  'presence.getPresence': { usernames: [username] },
  'presence.subscribe': { usernames: [username] },
  'presence.unsubscribe': { usernames: [username] },
  'presence.listAudience': { chatId },
  ...activitySamples(username),
  'chat.createChat': { kind: 'channel' },
  'chat.openDirect': { usernames: [username] },
  'chat.getChat': { chatId },
  'chat.listChats': {},
  'chat.joinChat': { chatId },
  'chat.leaveChat': { chatId },
  'chat.listMembers': { chatId },
  'chat.sendMessage': { chatId, clientMessageId: unique('m'), body: 'hello' },
  'chat.readHistory': { chatId },
  'chat.markRead': { chatId, seq: 0 },
  'chat.setTyping': { chatId, typing: true },
  'chat.addMembers': { chatId, usernames: [username] },
  'chat.removeMember': { chatId, username },
  'chat.setMemberRole': { chatId, username, role: 'member' },
  'chat.muteMember': { chatId, username },
  'chat.unmuteMember': { chatId, username },
  'chat.banMember': { chatId, username },
  'chat.unbanMember': { chatId, username },
  'chat.getPermissions': { chatId },
  'chat.setPermissions': { chatId, subject: 'world', permissions: ['join'] },
  'chat.removePermissions': { chatId, subject: 'world' },
  'chat.setName': { chatId, name: 'Tea' },
  'chat.setTopic': { chatId, topic: null },
  'chat.removeChat': { chatId },
})

/** The same of every operation about an activity that nobody has made. */
function activitySamples(
  username: string,
): Partial<Record<OperationName, Record<string, unknown>>> {
  const activity = { type: 'board', id: 'none' }
  const grant = { ...activity, subject: 'world', permissions: ['join'] }
  return {
    'activities.joinActivity': { ...activity, create: false },
    'activities.leaveActivity': activity,
    'activities.getActivity': activity,
    'activities.listActivities': {},
    'activities.listParticipants': activity,
    'activities.updateActivity': { ...activity, title: null },
    'activities.removeActivity': activity,
    'activities.removeParticipant': { ...activity, username },
    'activities.setState': { ...activity, values: { n: 1 } },
    'activities.getState': activity,
    'activities.removeState': { ...activity, keys: ['n'] },
    'activities.clearState': activity,
    'activities.broadcast': { ...activity, event: 'wave' },
    'activities.setShared': { ...activity, key: 'n', value: 1 },
    'activities.getShared': activity,
    'activities.removeShared': { ...activity, key: 'n' },
    'activities.clearShared': activity,
    'activities.getPermissions': activity,
    'activities.setPermissions': grant,
    'activities.removePermissions': grant,
  }
}
