import { pino, type Logger } from 'pino'
import type { Config } from './config.ts'
import { LogSink } from './log-sink.ts'

export type Log = Logger

/** Structured lines, one JSON object each; what is secret never gets in. */
export function createLog({ logLevel, logFile }: Pick<Config, 'logLevel' | 'logFile'>): Log {
  const options = {
    level: logLevel,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: [
        'token',
        'password',
        'refreshToken',
        'accessToken',
        '*.token',
        '*.password',
        '*.refreshToken',
        '*.accessToken',
      ],
      censor: '[secret]',
    },
  }
  return pino(options, new LogSink(logFile))
}
