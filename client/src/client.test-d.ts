// What must not compile.
import { createCollab } from './client.ts'
import type { Appliers } from './state.ts'
import { scriptedService } from './testing/scripted-service.ts'

const client = createCollab({ serviceUrl: 'http://a.test' })

// @ts-expect-error a client needs to know its service
createCollab({})
// @ts-expect-error a message needs a body and an id
void client.api.chat.sendMessage({ chatId: 'a' })
// @ts-expect-error there is no such operation
void client.api.chat.shout({})
// @ts-expect-error nor such an event
client.on('chat.messageShouted', () => {})
// @ts-expect-error the data of an event is the contract's
client.on('chat.messageSent', ({ data }) => data.shouted)
// @ts-expect-error the store is changed by what the client does
client.store.getState().chats['a'].messages.push()

// @ts-expect-error every event of a domain is applied
export const incomplete: Appliers<'chat'> = { 'chat.messageSent': (state) => state }

const service = scriptedService()
// @ts-expect-error an answer is what the contract says
service.answer('users.getUser', () => ({ username: 'ann' }))
// @ts-expect-error and so is an event
service.push('chat.typingChanged', { chatId: 'a' })
