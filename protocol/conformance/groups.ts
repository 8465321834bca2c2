import { describe, expect } from 'vitest'
import { unique } from './connect.ts'
import { refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Who is permitted something together. */
export function groupRules(target: Target): void {
  const rule = rules(target)

  describe('groups', () => {
    rule('[GRP-1] Admins make groups and say who is in them', async ({ person }) => {
      const [admin, ann, ben] = [await person({ admin: true }), await person(), await person()]
      const name = unique('team')
      expect((await refusal(ann.call('groups.createGroup', { name }))).code).toBe('forbidden')
      await admin.call('groups.createGroup', { name, members: [ann.username] })
      expect((await refusal(admin.call('groups.createGroup', { name }))).code).toBe(
        'already_exists',
      )
      const grown = await admin.call('groups.addGroupMembers', { name, usernames: [ben.username] })
      expect(grown.memberCount).toBe(2)
      const nobody = admin.call('groups.addGroupMembers', { name, usernames: [unique('nobody')] })
      expect((await refusal(nobody)).code).toBe('not_found')
      await admin.call('groups.updateGroup', { name, description: 'The team' })
      const { members, description } = await ann.call('groups.getGroup', { name })
      expect(members.items.map(({ username }) => username)).toEqual(
        [ann.username, ben.username].sort(),
      )
      expect(description).toBe('The team')
      await admin.call('groups.removeGroupMembers', { name, usernames: [ann.username] })
      expect((await refusal(ann.call('groups.getGroup', { name }))).code).toBe('not_found')
      await admin.call('groups.deleteGroup', { name })
      expect((await refusal(ben.call('groups.getGroup', { name }))).code).toBe('not_found')
    })

    rule(
      '[GRP-2] A group is seen by those who are in it, and looks absent to others',
      async (stage) => {
        const [admin, ann, ben] = [
          await stage.person({ admin: true }),
          await stage.person(),
          await stage.person(),
        ]
        const [shared, own] = [unique('shared'), unique('own')]
        await admin.call('groups.createGroup', {
          name: shared,
          members: [ann.username, ben.username],
        })
        await admin.call('groups.createGroup', { name: own, members: [ann.username] })
        const names = async (by: typeof ann, username: string) =>
          (await by.call('groups.listGroupsOfUser', { username })).items.map(({ name }) => name)
        expect(await names(ann, ann.username)).toEqual([shared, own].sort())
        expect(await names(ben, ann.username)).toEqual([shared])
        const page = { username: ann.username, limit: 1 }
        const first = await ann.call('groups.listGroupsOfUser', page)
        const cursor = first.nextCursor!
        const second = await ann.call('groups.listGroupsOfUser', { ...page, cursor })
        expect(second.nextCursor).toBeUndefined()
        expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(
          [shared, own].sort(),
        )
        const listed = await ben.call('groups.listGroups', {})
        expect(listed.items.map(({ name }) => name)).toEqual([shared])
        expect((await refusal(ben.call('groups.getGroup', { name: own }))).code).toBe('not_found')
      },
    )
  })
}
