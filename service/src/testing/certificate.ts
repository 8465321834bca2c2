import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** A certificate of its own making for this machine, good for a day, with its key: PEM. */
export function createCertificate(): { cert: string; key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = toBeSigned(publicKey)
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, ECDSA_SHA256, bits(signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const DAY_MS = 86_400_000

/** What of X.509 a client looks at, in DER. */
function toBeSigned(publicKey: KeyObject): Buffer {
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from('localhost')))))
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)))
  const alternatives = sequence(ALTERNATIVE_NAMES, der(0x04, names))
  return sequence(
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_SHA256,
    name,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternatives)),
  )
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), value])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts)
const integer = (value: number): Buffer => der(0x02, Buffer.of(value))
const bits = (value: Uint8Array): Buffer => der(0x03, Buffer.of(0), value)
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
/** `YYMMDDHHMMSSZ` */
const time = (at: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`))

/** 1.2.840.10045.4.3.2 */
const ECDSA_SHA256 = sequence(identifier('2a8648ce3d040302'))
/** 2.5.4.3 */
const COMMON_NAME = identifier('550403')
/** 2.5.29.17 */
const ALTERNATIVE_NAMES = identifier('551d11')
