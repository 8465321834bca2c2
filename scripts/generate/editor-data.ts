import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Attribute,
  type Described,
  type ElementDoc,
  elementsOf,
  literalsOf,
} from './elements/model.ts'
import type { Artefact } from './index.ts'
import { elementsManifest } from './manifest.ts'

const PACKAGE = resolve(import.meta.dirname, '../../components/package.json')

/** What editors show while one writes HTML: of Visual Studio Code and of JetBrains. */
export const editorData: Artefact = () => {
  const elements = elementsOf(elementsManifest())
  return {
    'components/vscode.html-data.json': json(visualStudioCode(elements)),
    'components/web-types.json': json(webTypes(elements)),
  }
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** Format: https://github.com/microsoft/vscode-html-languageservice/blob/main/docs/customData.schema.json */
function visualStudioCode(elements: readonly ElementDoc[]) {
  return {
    version: 1.1,
    tags: elements.map((element) => ({
      name: element.tagName,
      description: { kind: 'markdown', value: overview(element) },
      attributes: (element.attributes ?? []).map((attribute) => {
        const values = literalsOf(attribute.type)
        return {
          name: attribute.name,
          ...(attribute.description && { description: attribute.description }),
          // `v`: it stands without a value.
          ...(attribute.type?.text === 'boolean' && { valueSet: 'v' }),
          ...(values.length > 0 && { values: values.map((name) => ({ name })) }),
        }
      }),
    })),
  }
}

/** What an element takes and shows besides attributes, which are listed by themselves. */
function overview({
  description = '',
  slots,
  events,
  cssParts,
  cssProperties,
  cssStates,
}: ElementDoc) {
  const list = (title: string, items: readonly Described[] = [], code = (name: string) => name) =>
    items.length === 0
      ? []
      : [`**${title}**\n${items.map((each) => `- ${named(each, code)}`).join('\n')}`]
  return [
    description,
    ...list('Slots', slots),
    ...list('Events', events),
    ...list('Parts', cssParts, (name) => `::part(${name})`),
    // Those of the theme are the same everywhere.
    ...list(
      'Custom properties',
      cssProperties?.filter(({ inheritedFrom }) => !inheritedFrom),
    ),
    ...list('States', cssStates, (name) => `:state(${name})`),
  ].join('\n\n')
}

const named = ({ name, description = '' }: Described, code: (name: string) => string) =>
  `${name ? `\`${code(name)}\`` : 'default'} – ${description}`

/** Format: https://plugins.jetbrains.com/docs/intellij/websymbols-web-types.html */
function webTypes(elements: readonly ElementDoc[]) {
  const { name, version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as Record<string, string>
  return {
    $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
    name,
    version,
    'js-types-syntax': 'typescript',
    'description-markup': 'markdown',
    contributions: { html: { elements: elements.map(webType) } },
  }
}

function webType(element: ElementDoc) {
  const { tagName: name, description, members = [] } = element
  return {
    name,
    ...(description && { description }),
    source: { symbol: element.name },
    attributes: (element.attributes ?? []).map(webTypeAttribute),
    slots: (element.slots ?? []).map((slot) => ({ ...plain(slot), name: slot.name || 'default' })),
    js: {
      properties: members
        .filter((member) => member.kind === 'field')
        .map((field) => ({
          ...plain(field),
          ...(field.type && { type: field.type.text }),
          ...(field.readonly && { 'read-only': true }),
        })),
      events: (element.events ?? []).map((event) => ({
        ...plain(event),
        ...(event.type && { type: event.type.text }),
      })),
    },
    css: {
      properties: (element.cssProperties ?? []).map(plain),
      parts: (element.cssParts ?? []).map(plain),
    },
  }
}

const plain = ({ name, description }: Described) => ({ name, ...(description && { description }) })

function webTypeAttribute(attribute: Attribute) {
  const { type, default: value } = attribute
  return {
    ...plain(attribute),
    ...(value !== undefined && { default: value.replaceAll("'", '') }),
    value: { type: type?.text ?? 'string', ...(type?.text === 'boolean' && { required: false }) },
  }
}
