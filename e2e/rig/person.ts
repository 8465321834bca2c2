import type { SignIn } from '@collab-kit/protocol'

/** One who may sign in to the service under test. */
export interface Person {
  username: string
  token: string
  refreshToken: string
}

const toPerson = ({ user, accessToken, refreshToken }: SignIn): Person => ({
  username: user.username,
  token: accessToken,
  refreshToken,
})

async function post(url: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`)
  return answer
}

/** A guest: the cheapest person there is. */
export async function createGuest(url: string, displayName = 'Guest'): Promise<Person> {
  return toPerson((await post(url, '/auth/guest', { displayName })) as SignIn)
}

export async function createAccount(url: string, username: string): Promise<Person> {
  return toPerson(
    (await post(url, '/auth/register', { username, password: 'correct horse battery' })) as SignIn,
  )
}

/** Ends the sign-in, at the node of this address. */
export async function signOut(url: string, { token }: Person): Promise<void> {
  const response = await fetch(`${url}/api/v1/auth/sign-out`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  if (!response.ok) throw new Error(`signing out: ${response.status} ${await response.text()}`)
}
