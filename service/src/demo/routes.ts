import { CollabError, type Limits } from '@collab-kit/protocol'
import Router from '@koa/router'
import { readBody } from '../transport/body.ts'
import { createOriginCheck } from '../transport/origins.ts'
import { speeds, type Replay, type Speed } from './replay.ts'

export interface DemoRoutesOptions {
  replay: Replay
  /** Names of the demo people. */
  people: readonly string[]
  issueToken(username: string): Promise<{ token: string; expiresAt: string }>
  limits: Limits
  publicUrl: string | undefined
}

/** For the demo page alone: no other origin may call these, whatever `allowedOrigins` says. */
export function createDemoRoutes({
  replay,
  people,
  issueToken,
  limits,
  publicUrl,
}: DemoRoutesOptions): Router {
  const ownOrigin = createOriginCheck([], publicUrl)
  const router = new Router({ prefix: '/demo' })
  router.use((context, next) => {
    if (!ownOrigin(context.req))
      throw new CollabError('origin_denied', { message: 'Only the demo page may do this.' })
    context.set('cache-control', 'no-store')
    return next()
  })
  router.post('/token/:name', async (context) => {
    const name = context.params['name'] ?? ''
    if (!people.includes(name)) throw new CollabError('not_found', { details: { name } })
    context.body = await issueToken(name)
  })
  router.get('/replay', (context) => {
    context.body = replay.state
  })
  router.post('/replay', async (context) => {
    replay.start(toSpeed(await readBody(context.req, limits.frameBytes)))
    context.body = replay.state
  })
  router.delete('/replay', async (context) => {
    await replay.stop()
    context.body = replay.state
  })
  return router
}

function toSpeed(body: unknown): Speed {
  const { speed } = (body ?? {}) as { speed?: unknown }
  const known = speeds.find((each) => each === speed)
  if (known === undefined) {
    throw new CollabError('invalid_payload', {
      message: `speed: one of ${speeds.join(', ')}`,
      details: { reason: 'invalid_value', path: 'speed' },
    })
  }
  return known
}
