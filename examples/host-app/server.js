// A site with people of its own: it signs them in by a form and a cookie. Nothing but two places knows of the chat:
// /collab/token says who somebody is, and signing out says that they have gone.
import { randomUUID } from 'node:crypto'
import { createTokenHandler, toExpress } from '@collab-kit/service/token'
import express from 'express'

const people = [
  { username: 'ann', displayName: 'Ann Baker', groups: ['bakery'] },
  { username: 'ben', displayName: 'Ben Cook' },
]

/** The site, which trusts and is trusted by the service at `collabUrl`. */
export function createHost({ collabUrl, issuer, secret, ttl, apiKey }) {
  const app = express()
  const sessions = new Map()
  const userOf = ({ headers }) =>
    sessions.get(/(?:^|; )session=([\w-]+)/.exec(headers.cookie ?? '')?.[1])

  app.get('/', (request, response) => {
    const user = userOf(request)
    response.set('cache-control', 'no-store').send(page(user ? home(user, collabUrl) : signIn()))
  })

  app.post('/sign-in', express.urlencoded(), (request, response) => {
    const user = people.find(({ username }) => username === request.body?.username)
    if (!user) return response.status(400).send(page(signIn()))
    const id = randomUUID()
    sessions.set(id, user)
    // Lax: a form of another site cannot sign anybody in or out.
    return response.cookie('session', id, { httpOnly: true, sameSite: 'lax' }).redirect(303, '/')
  })

  const getUser = (_, request) => userOf(request)
  const signing = { issuer, audience: 'collab', algorithm: 'HS256', secret, ttl }
  app.post('/collab/token', toExpress(createTokenHandler({ ...signing, getUser })))

  app.post('/sign-out', async (request, response) => {
    const user = userOf(request)
    for (const [id, each] of sessions) if (each === user) sessions.delete(id)
    if (user) await endTokens(user.username, { collabUrl, apiKey })
    response.clearCookie('session').redirect(303, '/')
  })

  return app
}

/** Ends the connections of a person at once, on every device; without it they last until their token ends. */
async function endTokens(username, { collabUrl, apiKey }) {
  try {
    const response = await fetch(`${collabUrl}/api/v1/auth/tokens/revoke`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${apiKey.id}:${apiKey.secret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      // By the clock that stamps our tokens: whoever signs in again this very second is let in.
      body: JSON.stringify({ username, before: new Date() }),
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  } catch (error) {
    // Nobody is kept from signing out here because the chat is away.
    console.error('The tokens were not revoked:', error)
  }
}

const signIn = () => `
  <p>Who are you?</p>
  <form method="post" action="/sign-in">
    ${people
      .map(
        ({ username, displayName }) =>
          `<button name="username" value="${username}">${displayName}</button>`,
      )
      .join('\n    ')}
  </form>`

const home = ({ displayName }, collabUrl) => `
  <form method="post" action="/sign-out">
    Signed in as ${displayName}. <button>Sign out</button>
  </form>
  <script type="module" src="${collabUrl}/collab.js"></script>
  <collab-chat chat-id="lobby" token-endpoint="/collab/token"></collab-chat>`

const page = (content) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>The corner bakery</title>
    <link rel="icon" href="data:," />
    <style>
      body { max-inline-size: 44rem; margin: 2rem auto; padding-inline: 1rem; font-family: system-ui, sans-serif }
      collab-chat { --collab-brand: #9a3412; block-size: 32rem; margin-block-start: 1rem }
    </style>
  </head>
  <body>
    <h1>The corner bakery</h1>${content}
  </body>
</html>`
