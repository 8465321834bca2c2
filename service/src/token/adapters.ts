import type { TokenHandler } from './handler.ts'

type NodeHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What of a request of Node, and so of Express and Koa, is looked at. */
export interface NodeRequest {
  method?: string | undefined
  headers: NodeHeaders
}

/** What of a response of Node, and so of Express, is written to. */
export interface NodeResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

/** What of a context of Koa is used. */
export interface KoaContext {
  req: NodeRequest
  status: number
  body: unknown
  set(name: string, value: string): unknown
}

/** The handler as a route of Express, or a listener of Node's own server. `getUser` gets Express' request as its second. */
export function toExpress<Req extends NodeRequest = NodeRequest>(
  handler: TokenHandler<Req>,
): (request: Req, response: NodeResponse, next?: (error: unknown) => void) => void {
  const respond = async (request: Req, response: NodeResponse) => {
    const answer = await handler(toRequest(request), request)
    const body = await answer.text()
    response.statusCode = answer.status
    answer.headers.forEach((value, name) => response.setHeader(name, value))
    response.end(body)
  }
  return (request, response, next) => {
    respond(request, response).catch((error: unknown) => {
      if (next) return next(error)
      response.statusCode = 500
      response.end('')
    })
  }
}

/** The handler as a middleware of Koa. `getUser` gets Koa's context as its second. */
export function toKoa<Context extends KoaContext = KoaContext>(
  handler: TokenHandler<Context>,
): (context: Context) => Promise<void> {
  return async (context) => {
    const answer = await handler(toRequest(context.req), context)
    answer.headers.forEach((value, name) => context.set(name, value))
    context.status = answer.status
    context.body = await answer.text()
  }
}

/** The request without its body, which a framework may have read. */
function toRequest({ method, headers }: NodeRequest): Request {
  const copied = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    // Those of HTTP/2 that are none.
    if (name.startsWith(':')) continue
    for (const each of [value ?? []].flat()) copied.append(name, each)
  }
  // Some methods cannot be had here; all others than POST get the same answer.
  return new Request('http://localhost/', {
    method: method === 'POST' ? 'POST' : 'GET',
    headers: copied,
  })
}
