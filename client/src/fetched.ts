import { CollabError } from '@collab-kit/protocol/runtime'

/** How often something was asked for by another address. */
let again = 0

const importFrom = (url: string): Promise<unknown> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ url)

/**
 * A part of the client that is fetched when it is needed. Browsers keep a module that was not reached for the life of the
 * page, and answer every further `import()` of it with the same failure: where that names the address, it is asked for
 * once more by another one.
 * @param load One `import()` and nothing else
 * @throws CollabError `unavailable` with `details.reason: 'unreachable'`
 */
export async function fetched<M>(load: () => Promise<M>, loadFrom = importFrom): Promise<M> {
  try {
    return await load()
  } catch (cause) {
    // The loader of a bundler throws other errors, and tries again by itself.
    const [url] = (cause instanceof TypeError && /\w+:\/\/\S+$/.exec(cause.message)) || []
    try {
      if (url)
        return (await loadFrom(`${url}${url.includes('?') ? '&' : '?'}again=${++again}`)) as M
    } catch {
      // Not reached either: told as the first failure.
    }
    const details = { reason: 'unreachable' }
    throw new CollabError('unavailable', { message: String(cause), details, cause })
  }
}
