/** Version of this package; two copies on one page compare theirs. */
export const VERSION = '0.0.0'

export const majorOf = (version: string): string => version.split('.')[0] ?? '0'
