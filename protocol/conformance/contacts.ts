import { describe, expect } from 'vitest'
import { unique } from './connect.ts'
import { named, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** The people of one's own list. */
export function contactRules(target: Target): void {
  const rule = rules(target)

  describe('contacts', () => {
    rule('[CON-1] One’s list is one’s own, and one’s devices hear of it', async (stage) => {
      const [ann, ben] = [await stage.person(), await stage.person({ displayName: 'Ben' })]
      const [device, theirs] = [await stage.connect(ann), await stage.connect(ben)]
      const { username } = ben
      const added = await ann.call('contacts.addContact', {
        username,
        nickname: 'Benny',
        labels: ['work', 'work'],
      })
      expect(added).toMatchObject({ nickname: 'Benny', labels: ['work'], user: { username } })
      await device.until(named('contacts.contactAdded', { nickname: 'Benny' }))
      await ann.call('contacts.updateContact', { username, nickname: null })
      await device.until(named('contacts.contactUpdated'))
      const { items } = await ann.call('contacts.listContacts', {})
      expect(items).toHaveLength(1)
      expect(items[0]).not.toHaveProperty('nickname')
      await ann.call('contacts.removeContact', { username })
      await device.until(named('contacts.contactRemoved', { username }))
      expect((await ann.call('contacts.listContacts', {})).items).toEqual([])
      await theirs.fence()
      expect(theirs.items.filter(({ name }) => name.startsWith('contacts.'))).toEqual([])
    })

    rule(
      '[CON-2] Adding twice changes what is said, and removing twice nothing',
      async ({ person }) => {
        const [ann, ben] = [await person(), await person()]
        const { username } = ben
        await ann.call('contacts.addContact', { username })
        await ann.call('contacts.addContact', { username, nickname: 'B' })
        const { items } = await ann.call('contacts.listContacts', {})
        expect(items.map(({ nickname }) => nickname)).toEqual(['B'])
        await ann.call('contacts.removeContact', { username })
        await ann.call('contacts.removeContact', { username })
        const unknown = ann.call('contacts.addContact', { username: unique('nobody') })
        expect((await refusal(unknown)).code).toBe('not_found')
        const self = ann.call('contacts.addContact', { username: ann.username })
        expect((await refusal(self)).code).toBe('invalid_payload')
      },
    )
  })
}
