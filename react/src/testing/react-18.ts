// Loaded by `node --import`: what Node loads by itself gets React 18 too. Its DOM would find the React beside it.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'react'
      ? next('react-18', { ...context, parentURL: import.meta.url })
      : next(specifier, context),
})
