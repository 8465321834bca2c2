export { createService, type Service, type ServiceOptions } from './service.ts'
export { VERSION } from './version.ts'
export {
  ConfigError,
  ConfigSchema,
  loadConfig,
  settings,
  type Config,
  type ConfigInput,
  type Setting,
} from './config.ts'
export { systemClock, type Clock } from './kernel/clock.ts'
export { asyncApiDocument, openApiDocument } from './reference-documents.ts'
