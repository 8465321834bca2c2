export * from './base.ts'
export * from './chat.ts'
