import { describe, expect } from 'vitest'
import { PASSWORD, unique } from './connect.ts'
import { callByRest } from './http.ts'
import { refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Who people are, to themselves and to others. */
export function userRules(target: Target): void {
  const rule = rules(target)

  describe('users', () => {
    rule(
      '[ACC-8] Others see the names, the picture and whether it is a guest, and nothing more',
      async ({ person }) => {
        const username = unique('ada')
        const input = {
          username,
          password: PASSWORD,
          displayName: 'Ada',
          firstName: 'A',
          lastName: 'L',
          email: 'a@example.com',
        }
        await callByRest(target, 'auth.register', input)
        const ben = await person()
        const seen = { username, displayName: 'Ada', guest: false }
        expect(await ben.call('users.getUser', { username })).toEqual(seen)
        expect(await ben.call('users.getUsers', { usernames: [username] })).toEqual({
          items: [seen],
        })
      },
    )

    rule('[ACC-8] One sees of oneself what one has given', async ({ person }) => {
      const ada = await person({ displayName: 'Ada King' })
      const me = await ada.call('users.getMe', {})
      expect(me).toMatchObject({
        username: ada.username,
        displayName: 'Ada King',
        guest: false,
        role: 'user',
      })
    })

    rule('[ACC-8] A name to show is the username where none was given', async ({ person }) => {
      const ada = await person()
      expect(await ada.call('users.getMe', {})).toMatchObject({ displayName: ada.username })
    })

    rule(
      '[ACC-8] Several people are answered at once, those that nobody is left out',
      async ({ person }) => {
        const [ada, ben] = [await person(), await person({ guest: true })]
        const usernames = [ada.username, unique('nobody'), ben.username, ada.username]
        const { items } = await ada.call('users.getUsers', { usernames })
        expect(items.map(({ username }) => username).sort()).toEqual(
          [ada.username, ben.username].sort(),
        )
        expect(items.find(({ username }) => username === ben.username)?.guest).toBe(true)
      },
    )

    rule('[ERR-8] One that nobody is, is not found', async ({ person }) => {
      const ada = await person()
      expect(
        await refusal(ada.call('users.getUser', { username: unique('nobody') })),
      ).toMatchObject({ code: 'not_found' })
    })

    rule('[ACC-8] Names that differ by case alone are different people', async ({ person }) => {
      const name = unique('case')
      const [lower, upper] = [
        await person({ username: name }),
        await person({ username: name.toUpperCase() }),
      ]
      const { items } = await lower.call('users.getUsers', {
        usernames: [name, name.toUpperCase()],
      })
      expect(items.map(({ username }) => username).sort()).toEqual(
        [upper.username, lower.username].sort(),
      )
    })
  })
}
