import { http, type HttpAnswer, type HttpRequest } from './http.ts'
import type { Target } from './target.ts'

/** Ask by hand with this token. */
export const asker =
  (target: Target, token: string) =>
  (method: string, path: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> =>
    http(target.url, { method, path, token, ...more })
