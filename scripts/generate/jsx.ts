import { type ElementDoc, elementsOf, settable } from './elements/model.ts'
import { comment, eventClasses, MARK } from './elements/typescript.ts'
import type { Artefact } from './index.ts'
import { elementsManifest } from './manifest.ts'

/** Types for those who write the tags themselves in the JSX of React 19. */
export const jsx: Artefact = () => {
  const elements = elementsOf(elementsManifest())
  const types = [
    ...elements.map(({ name }) => name),
    ...new Set(elements.flatMap(eventClasses)),
  ].sort()
  const content = [
    MARK,
    [
      `import type {\n${types.map((name) => `  ${name},`).join('\n')}\n} from '@collab-kit/components'`,
      `import type { DetailedHTMLProps, HTMLAttributes } from 'react'`,
    ].join('\n'),
    '/** Attributes by their name, properties by theirs, and events as `oncollab-…`. */\n' +
      'type Tag<E extends HTMLElement, P> = DetailedHTMLProps<Omit<HTMLAttributes<E>, keyof P>, E> & P',
    ...elements.map(attributes),
    `declare module 'react' {\n  namespace JSX {\n    interface IntrinsicElements {\n${elements
      .map(
        ({ tagName, name, summary }) =>
          `${comment(summary, '      ')}      '${tagName}': Tag<${name}, ${nameOf(name)}>\n`,
      )
      .join('')}    }\n  }\n}`,
  ]
  return { 'components/jsx.d.ts': `${content.join('\n\n')}\n` }
}

const nameOf = (className: string) => className.replace(/Element$/, 'Attributes')

function attributes(element: ElementDoc): string {
  const { name, tagName, events = [] } = element
  const lines = [
    ...settable(element).flatMap(({ name: field, attribute, description }) => {
      const type = `${name}['${field}']`
      const line = (key: string) => `${comment(description)}  ${key}?: ${type}\n`
      const other = attribute !== undefined && attribute !== field
      return other
        ? [line(attribute.includes('-') ? `'${attribute}'` : attribute), line(field)]
        : line(field)
    }),
    ...events
      // React knows those of the browser by itself.
      .filter((event) => event.name.startsWith('collab-'))
      .map(
        ({ name: event, type, description }) =>
          `${comment(description)}  'on${event}'?: (event: ${type?.text ?? 'Event'}) => void\n`,
      ),
  ]
  return `/** What \`<${tagName}>\` takes. */\nexport interface ${nameOf(name)} {\n${lines.join('')}}`
}
