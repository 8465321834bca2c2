import type { SignIn } from '@collab-kit/protocol'
import { PASSWORD, toTokens } from './connect.ts'
import { callByRest } from './http.ts'
import type { Stage } from './rule.ts'
import type { Person, Target } from './target.ts'

/** An operation before sign-in, by REST on every target. */
export const beforeSignIn = async (
  target: Target,
  name: Parameters<typeof callByRest>[1],
  input: object,
): Promise<SignIn> => (await callByRest({ url: target.url }, name, input)) as SignIn

export const refresh = (target: Target, refreshToken: string, more: object = {}): Promise<SignIn> =>
  beforeSignIn(target, 'auth.refresh', { refreshToken, ...more })

/** Sign in again: a second device of the same person. */
export const secondSignIn = async (
  target: Target,
  stage: Stage,
  username: string,
): Promise<Person> =>
  stage.as(toTokens(await beforeSignIn(target, 'auth.signIn', { username, password: PASSWORD })))

/** Whom a token speaks for, as REST answers it. */
export const whoIs = (target: Target, token: string): Promise<unknown> =>
  callByRest({ url: target.url, token }, 'users.getMe', {})
