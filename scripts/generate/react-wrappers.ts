import { type ElementDoc, elementsOf, settable } from './elements/model.ts'
import { comment, eventClasses, MARK } from './elements/typescript.ts'
import type { Artefact } from './index.ts'
import { elementsManifest } from './manifest.ts'

/** One React component per element. */
export const reactWrappers: Artefact = () => {
  const elements = elementsOf(elementsManifest())
  return {
    'react/src/elements/index.ts': list(elements),
    ...Object.fromEntries(
      elements.map((element) => [`react/src/elements/${element.tagName}.ts`, wrapper(element)]),
    ),
  }
}

/** Those that are exported; of the provider React has a component of its own. */
function list(elements: readonly ElementDoc[]): string {
  const lines = elements
    .filter(({ tagName }) => tagName !== 'collab-provider')
    .map(({ name, tagName }) => {
      const component = componentOf(name)
      return `export { ${component}, type ${component}Props } from './${tagName}.ts'\n`
    })
  return `${MARK}\n\n${lines.join('')}`
}

const componentOf = (className: string) => className.replace(/Element$/, '')

function wrapper(element: ElementDoc): string {
  const { name: elementClass, tagName, summary } = element
  const name = componentOf(elementClass)
  const events = (element.events ?? []).map((event) => ({ ...event, prop: propOf(event.name) }))
  const props = [
    ...settable(element).map(
      (field) =>
        `${comment(field.description)}  ${field.name}?: ${elementClass}['${field.name}']\n`,
    ),
    ...events.map(
      ({ prop, type, description }) =>
        `${comment(description)}  ${prop}?: (event: ${type?.text ?? 'Event'}) => void\n`,
    ),
  ]
  const types = eventClasses(element).sort()
  const content = [
    `'use client'\n\n${MARK}`,
    [
      ...(types.length > 0
        ? [
            `import type {\n${types.map((each) => `  ${each},`).join('\n')}\n} from '@collab-kit/components'`,
          ]
        : []),
      `import { ${elementClass} } from '@collab-kit/components/${tagName}'`,
      `import type { HTMLAttributes } from 'react'`,
      `import { wrap } from '../wrap.ts'`,
    ].join('\n'),
    `/** What \`<${name}>\` takes besides what every element of React does. */\n` +
      `export interface ${name}OwnProps {\n${props.join('')}}`,
    `export type ${name}Props = ${name}OwnProps &\n` +
      `  Omit<HTMLAttributes<${elementClass}>, keyof ${name}OwnProps>`,
    `${comment(summary, '')}export const ${name} = wrap<${elementClass}, ${name}Props>(\n` +
      `  ${elementClass},\n  [${events.map((event) => `'${event.name}'`).join(', ')}],\n)`,
  ]
  return `${content.join('\n\n')}\n`
}

/** `collab-send-failed` is heard by `onSendFailed`. */
const propOf = (event: string) =>
  event
    .replace(/^collab-/, '')
    .replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())
    .replace(/^/, 'on')
