import Router from '@koa/router'
import type { Registry as MetricsRegistry } from 'prom-client'
import { addressOf, isTrusted } from './address.ts'

export interface HealthOptions {
  /** Why the service cannot take work, or nothing. */
  notReady(): Promise<string | undefined>
  /** The setting. */
  durability: 'strict' | 'relaxed'
  metrics: MetricsRegistry
  trustedIps: readonly string[]
  trustProxy: number
}

/** For operators: alive, ready, and figures for those who may see them. */
export function createHealth(options: HealthOptions): Router {
  const { notReady, durability, metrics, trustedIps, trustProxy } = options
  // Said where operators look, for as long as it is so.
  const relaxed = durability === 'relaxed' ? { durability } : {}
  const router = new Router()
  router.get('/healthz', (context) => {
    context.body = { status: 'ok' }
  })
  router.get('/readyz', async (context) => {
    const reason = await notReady()
    context.status = reason === undefined ? 200 : 503
    context.body =
      reason === undefined
        ? { status: 'ok', ...relaxed }
        : { status: 'unavailable', reason, ...relaxed }
  })
  router.get('/metrics', async (context) => {
    // Figures tell who talks when: only the operator's own addresses see them.
    if (!isTrusted(addressOf(context.req, trustProxy), trustedIps)) return
    context.type = metrics.contentType
    context.body = await metrics.metrics()
  })
  return router
}
