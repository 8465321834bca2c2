import { afterEach, describe, expect, it } from 'vitest'
import { ann, messageOf, messagesOf, readyChat } from '../../../demo/fake-client.ts'
import { drawn, mount, unmountAll } from '../../../demo/mount.ts'
import './index.ts'

afterEach(unmountAll)

describe('the rows of the list', () => {
  it('are drawn anew only where something about them changed', async () => {
    const evaluated: number[] = []
    const body = ({ seq }: { seq: number }) => void evaluated.push(seq)
    const messages = messagesOf(20, 3).map((each) => ({ ...each, sender: `person-${each.seq}` }))
    const state = { me: ann, chats: { lobby: readyChat('lobby', messages) } }
    const properties = { chatId: 'lobby', renderers: { body } }
    const { element, client } = await mount('collab-messages', { state }, properties)
    expect(evaluated).toHaveLength(20)
    evaluated.length = 0
    const [last] = messages.slice(-1)
    client.receive('lobby', messageOf(last!.seq + 1, { sender: 'bo' }))
    await drawn(element)
    // The one before is the tab stop no more.
    expect(evaluated).toEqual([last!.seq, last!.seq + 1])
  })
})
