// For the backend of a host: nothing here needs the service.
export type { Algorithm } from './algorithm.ts'
export { createTokenHandler, type TokenHandler, type TokenHandlerOptions } from './handler.ts'
export { signToken, type HostUser, type SignedToken, type SignOptions } from './sign.ts'
export {
  toExpress,
  toKoa,
  type KoaContext,
  type NodeRequest,
  type NodeResponse,
} from './adapters.ts'
