import { CollabError, DisplayName, graphemes, isName, Picture } from '@collab-kit/protocol'
import { z } from 'zod'
import type { HostIdentity, Profile } from './host-identity.ts'
import type { IssuerSettings } from './settings.ts'

type Claims = Readonly<Record<string, unknown>>

/** Clocks may differ by this much. */
const SKEW_MS = 30_000
const DAY_MS = 86_400_000
/** Most groups of one token. */
const MOST_GROUPS = 100

/** Under which names the values of a profile are found: ours, then those of OpenID Connect. */
const profile: Readonly<Record<keyof Profile, { names: string[]; schema: z.ZodType<string> }>> = {
  displayName: { names: ['displayName', 'name'], schema: DisplayName },
  firstName: { names: ['firstName', 'given_name'], schema: DisplayName },
  lastName: { names: ['lastName', 'family_name'], schema: DisplayName },
  email: { names: ['email'], schema: z.email().max(254) },
  picture: { names: ['picture'], schema: Picture },
}

/**
 * Turns the claims of a verified token into a person.
 * @throws CollabError `token_aud`, `token_exp`, `token_expired`, `token_not_yet_valid`, `token_iat`, `token_sub` or `token_claims`
 */
export function checkClaims(
  claims: Claims,
  issuer: IssuerSettings,
  { now, nameCharacters }: { now: number; nameCharacters: number },
): HostIdentity {
  checkAudience(claims['aud'], issuer)
  const expiresAt = checkExpiry(claims['exp'], now)
  checkNotBefore(claims['nbf'], now)
  const issuedAt = checkIssuedAt(claims['iat'], issuer, now)
  const username = usernameOf(claims['sub'], issuer)
  checkWishes(claims)
  const groups = groupsOf(claims['groups'], issuer)
  return {
    issuer: issuer.issuer,
    ...(issuer.name !== undefined && { name: issuer.name }),
    username,
    expiresAt,
    ...(issuedAt !== undefined && { issuedAt }),
    profile: profileOf(claims, nameCharacters),
    ...(groups && { groups }),
  }
}

/** Every audience has to be one of ours: a token that others take as well is in their hands too. */
function checkAudience(aud: unknown, { audience }: IssuerSettings): void {
  const ours: unknown[] = [audience].flat()
  const named: unknown[] = [aud].flat()
  if (named.length === 0 || !named.every((each) => ours.includes(each))) {
    throw new CollabError('token_aud')
  }
}

function checkExpiry(exp: unknown, now: number): number {
  const expiresAt = toMilliseconds(exp)
  if (expiresAt === undefined || expiresAt - now > DAY_MS + SKEW_MS) {
    throw new CollabError('token_exp', { details: { path: 'exp' } })
  }
  if (expiresAt + SKEW_MS <= now) throw new CollabError('token_expired')
  return expiresAt
}

function checkNotBefore(nbf: unknown, now: number): void {
  if (nbf === undefined) return
  const notBefore = toMilliseconds(nbf)
  if (notBefore === undefined) throw wrong('nbf', 'invalid_type')
  if (notBefore - now > SKEW_MS) {
    throw new CollabError('token_not_yet_valid', { details: { skewMs: notBefore - now } })
  }
}

function checkIssuedAt(iat: unknown, { maxAge }: IssuerSettings, now: number): number | undefined {
  if (iat === undefined && maxAge === undefined) return undefined
  const issuedAt = toMilliseconds(iat)
  const longest = maxAge === undefined ? DAY_MS : maxAge * 1000
  if (issuedAt === undefined || issuedAt - now > SKEW_MS || now - issuedAt >= longest + SKEW_MS) {
    throw new CollabError('token_iat', { details: { path: 'iat' } })
  }
  return issuedAt
}

/** Seconds since 1970 as tokens have them. */
function toMilliseconds(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 1e12
    ? Math.round(value * 1000)
    : undefined
}

function usernameOf(sub: unknown, { name, primary }: IssuerSettings): string {
  if (typeof sub !== 'string' || !isName(sub) || sub === '__proto__') {
    throw new CollabError('token_sub', { details: { path: 'sub' } })
  }
  return primary ? sub : `${name}:${sub}`
}

/**
 * A token says who somebody is, not what they may do. Claims of other systems mean nothing here; one that can only be
 * meant for this service is refused, so that nobody takes it for granted.
 */
function checkWishes(claims: Claims): void {
  const wishes: Record<string, (value: unknown) => boolean> = {
    admin: (value) => value === true,
    role: (value) => value === 'admin',
    roles: (value) => [value].flat().includes('admin'),
    actAs: () => true,
    activities: () => true,
    chats: () => true,
    rooms: () => true,
  }
  for (const [name, asks] of Object.entries(wishes)) {
    if (Object.hasOwn(claims, name) && asks(claims[name])) throw wrong(name, 'not_granted')
  }
}

function groupsOf(value: unknown, issuer: IssuerSettings): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw wrong('groups', 'invalid_type')
  if (value.length > MOST_GROUPS) throw wrong('groups', 'too_many')
  const groups = value.map((group: unknown, index) => {
    if (typeof group !== 'string') throw wrong(`groups.${index}`, 'invalid_type')
    // Only an issuer's own prefix holds a colon: with one it would be a group of another.
    const kept = issuer.groups.includes(group)
    if (!kept && !isName(group)) throw wrong(`groups.${index}`, 'invalid_text')
    return kept || issuer.name === undefined ? group : `${issuer.name}:${group}`
  })
  return [...new Set(groups)]
}

function profileOf(claims: Claims, nameCharacters: number): Profile {
  const said: Profile = {}
  for (const [key, { names, schema }] of Object.entries(profile)) {
    const name = names.find((each) => Object.hasOwn(claims, each) && says(claims[each]))
    if (name === undefined) continue
    const { data, error } = schema.safeParse(claims[name])
    if (error) throw wrong(name, reasonOf(error))
    if (schema === DisplayName && graphemes(data) > nameCharacters) throw wrong(name, 'too_long')
    said[key as keyof Profile] = data
  }
  return said
}

/** Many backends write null, or nothing between quotes, for what they do not know. */
const says = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

function reasonOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === 'invalid_type') return 'invalid_type'
  return issue?.code === 'custom' ? 'invalid_text' : 'invalid_format'
}

const wrong = (path: string, reason: string): CollabError =>
  new CollabError('token_claims', {
    message: `The claim ${path} of the token cannot be accepted (${reason}).`,
    details: { path, reason },
  })
