import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ConfigError, type Config } from './config.ts'

/** A certificate with its key, PEM. */
export interface Certificate {
  cert: string
  key: string
}

/**
 * The configured certificate as it is on the disk now; nothing where none is configured.
 * @throws ConfigError what cannot be read, is no certificate or key, or does not belong together
 */
export function readCertificate({ tls }: Pick<Config, 'tls'>): Certificate | undefined {
  if (tls.cert === undefined || tls.key === undefined) return undefined
  const problems: string[] = []
  const read = (variable: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      // Told with the other problems.
      problems.push(`${variable}: ${path} cannot be read (${codeOf(error)})`)
      return ''
    }
  }
  const certificate = {
    cert: read('COLLAB_TLS_CERT', tls.cert),
    key: read('COLLAB_TLS_KEY', tls.key),
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const unusable = (variable: string, what: string, parts: Partial<Certificate>) => {
    try {
      createSecureContext(parts)
    } catch (error) {
      // The sentence names the file; what OpenSSL says is for those who know it.
      problems.push(`${variable}: ${what} (${codeOf(error)})`)
    }
  }
  unusable('COLLAB_TLS_CERT', `${tls.cert} is no certificate in PEM`, { cert: certificate.cert })
  unusable('COLLAB_TLS_KEY', `${tls.key} is no private key in PEM`, { key: certificate.key })
  if (problems.length === 0)
    unusable('COLLAB_TLS_KEY', `${tls.key} is not the key of ${tls.cert}`, certificate)
  if (problems.length > 0) throw new ConfigError(problems)
  return certificate
}

const codeOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message: string }
  return code ?? message
}
