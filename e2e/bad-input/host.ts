import { connectLink } from '../rig/link.ts'
import {
  byEc,
  byRsa,
  bySecret,
  ecKey,
  rsaKey,
  toJwk,
  toToken,
  type Signer,
} from '../rig/host-tokens.ts'
import { openKeyServer, publishes, type KeyServer } from '../rig/key-server.ts'
import type { ServiceProcess } from '../rig/service-process.ts'
import { doors, show, type Answers, type Door } from './doors.ts'

/** One who administers the service, to revoke tokens. */
const ADMIN_PASSWORD = 'correct horse battery of the admin'
const AUDIENCE = 'collab'
const SECRET = 'a secret of the host, long enough to be one'

/** The same host three times: with published RSA keys, with one EC key, and with a secret. */
export const RS = 'https://host.example'
const ES = 'https://ec.example'
export const HS = 'https://hs.example'

const rsa = rsaKey()
/** Published as well, so that a token has to say which. */
const rsaToo = rsaKey()
export const rsaOfNobody = rsaKey()
const ec = ecKey()
export const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()

interface Kind {
  issuer: string
  header: Record<string, unknown>
  signer: Signer
}

export const kinds = {
  RS256: { issuer: RS, header: { alg: 'RS256', kid: 'k1' }, signer: byRsa(rsa) },
  ES256: { issuer: ES, header: { alg: 'ES256', kid: 'e1' }, signer: byEc(ec) },
  HS256: { issuer: HS, header: { alg: 'HS256' }, signer: bySecret(SECRET) },
} as const satisfies Record<string, Kind>

export interface Parts {
  /** Default: RS256. */
  kind?: keyof typeof kinds
  /** Instead of single members of a good header; undefined takes one away. */
  header?: object
  /** The same for the claims. */
  claims?: object
  /** Instead of the whole header or payload, as it is. */
  raw?: { header?: string; payload?: string }
  signer?: Signer
  /** Done to the finished text. */
  change?: (token: string) => string
}

export const now = (): number => Date.now() / 1000

/** A token of the host, but for what is changed; made anew for every door. */
export function tokenOf({
  kind = 'RS256',
  header,
  claims,
  raw,
  signer,
  change = (same) => same,
}: Parts): string {
  const { issuer, ...good } = kinds[kind]
  const said = { iss: issuer, aud: AUDIENCE, sub: 'ann', iat: now() - 10, exp: now() + 600 }
  const token = toToken({
    header: raw?.header ?? { typ: 'JWT', ...good.header, ...header },
    payload: raw?.payload ?? { ...said, ...claims },
    signer: signer ?? good.signer,
  })
  return change(token)
}

/** The host beside the service: its keys, its people, and every door of the service. */
export class Host {
  #keys: KeyServer | undefined
  #service: ServiceProcess | undefined

  /** Settings of a service that knows the host. */
  async open(): Promise<Record<string, string>> {
    this.#keys = await openKeyServer(publishes(toJwk(rsa, 'k1'), toJwk(rsaToo, 'k2')))
    const audience = AUDIENCE
    const jwksUrl = this.#keys.url
    return {
      COLLAB_ISSUERS: JSON.stringify([
        { issuer: RS, audience, algorithm: 'RS256', primary: true, jwksUrl },
        {
          issuer: ES,
          audience,
          algorithm: 'ES256',
          name: 'ec',
          publicKey: toJwk(ec, 'e1'),
          keyId: 'e1',
        },
        { issuer: HS, audience, algorithm: 'HS256', name: 'hs', secret: SECRET },
      ]),
      COLLAB_ADMIN_PASSWORD: ADMIN_PASSWORD,
    }
  }

  /** Everybody of the host comes once, and the tokens of one of them are revoked. */
  async visit(service: ServiceProcess): Promise<void> {
    this.#service = service
    const kindsOfTokens = Object.keys(kinds) as (keyof typeof kinds)[]
    for (const kind of kindsOfTokens) await this.#come(tokenOf({ kind }))
    await this.#come(tokenOf({ claims: { sub: 'zoe' } }))
    await revokeTokens(service, 'zoe')
  }

  async #come(token: string): Promise<void> {
    ;(await connectLink(this.#running.url, { token })).close()
  }

  get #running(): ServiceProcess {
    if (!this.#service) throw new Error('nobody of the host has been to the service')
    return this.#service
  }

  /** What every door answers to a token of this make. */
  async answersTo(parts: Parts): Promise<Answers> {
    const answers = await Promise.all(
      doors.map(async (door) => [door, await this.show(door, tokenOf(parts), parts.kind)] as const),
    )
    return Object.fromEntries(answers) as Record<Door, string>
  }

  /** What one door answers; renewed is a connection of whom the service knows of this kind. */
  show(door: Door, token: string, kind: keyof typeof kinds = 'RS256'): Promise<string> {
    const { url, port } = this.#running
    return show(door, token, { url, port, liveToken: tokenOf({ kind }) })
  }

  /** When the keys of the host were fetched, milliseconds since 1970. */
  get fetches(): readonly number[] {
    return this.#keys?.fetches ?? []
  }

  async close(): Promise<void> {
    await this.#keys?.close()
  }
}

async function revokeTokens({ url }: ServiceProcess, username: string): Promise<void> {
  const post = async (path: string, body: object, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${url}/api/v1${path}`, init)
    if (!answer.ok) throw new Error(`POST ${path}: ${await answer.text()}`)
    return (await answer.json()) as { accessToken?: string }
  }
  const admin = { username: 'admin', password: ADMIN_PASSWORD }
  const { accessToken } = await post('/auth/sign-in', admin)
  await post('/auth/tokens/revoke', { username }, accessToken)
}
