// Who may import whom. Every rule is an error and says why; scripts/layers.ts runs them, scripts/layers.test.ts
// plants violations and sees them fail.

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const PACKAGES = 'protocol|client|components|react|service|stories|e2e|bench'
const TEST = '\\.test(-d)?\\.tsx?$'

module.exports = {
  forbidden: [
    rule(
      'no-circular',
      'Modules of a cycle can be neither understood nor moved one by one.',
      {},
      { circular: true },
    ),
    rule(
      'resolvable',
      'What cannot be resolved is not checked by any other rule.',
      // Declarations name packages of types, which nothing loads.
      { pathNot: `${TEST}|\\.d\\.ts$` },
      { couldNotResolve: true },
    ),
    rule(
      'packages-by-name',
      'Another package is imported by its name, so that its "exports" say what is public.',
      { path: `^(${PACKAGES})/` },
      { path: `^(${PACKAGES})/`, pathNot: '^$1/', dependencyTypes: ['local'] },
    ),
    rule(
      'conformance-by-name',
      'The conformance suites are a client of the contract like any other.',
      { path: '^protocol/conformance/' },
      { path: '^protocol/src/', dependencyTypes: ['local'] },
    ),
    rule(
      'protocol-is-the-ground',
      'Everything rests on the contract; it rests on nothing of ours, nor on Node.',
      { path: '^protocol/src/', pathNot: TEST },
      { path: `^(${PACKAGES})/|^@collab-kit/`, pathNot: '^protocol/src/' },
    ),
    rule(
      'protocol-does-no-io',
      'The contract is read by browsers as well: it holds schemas, and does nothing.',
      { path: '^protocol/src/', pathNot: TEST },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'client-on-protocol',
      'The SDK works without our elements and without our service.',
      { path: '^client/src/' },
      { path: `^(${PACKAGES})/|^@collab-kit/`, pathNot: '^(client|protocol)/' },
    ),
    rule(
      'client-without-node',
      'The SDK runs in a page.',
      { path: '^client/src/', pathNot: TEST },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'components-on-client',
      'Elements speak to the service through the SDK alone.',
      { path: '^components/src/' },
      { path: `^(${PACKAGES})/|^@collab-kit/`, pathNot: '^(components|client|protocol)/' },
    ),
    rule(
      'components-open-no-socket',
      'One connection for a page: it belongs to the SDK.',
      { path: '^components/src/' },
      { path: 'node_modules/(socket\\.io-client|zustand)/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'react-on-components',
      'React shows the elements and reads the SDK: it adds neither a look nor a state of its own.',
      { path: '^react/src/' },
      { path: `^(${PACKAGES})/|^@collab-kit/`, pathNot: '^(react|components|client|protocol)/' },
    ),
    rule(
      'hooks-without-elements',
      'A hook works for those who draw everything themselves.',
      { path: '^react/src/hooks/' },
      { path: '^react/src/(elements|provider)|^components/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'service-on-protocol',
      'Service and SDK meet only on the wire: in e2e, bench and conformance runs.',
      { path: '^service/src/', pathNot: TEST },
      { path: `^(${PACKAGES})/|^@collab-kit/`, pathNot: '^(service|protocol)/' },
    ),
    rule(
      'stories-are-a-page',
      'A story does what a page may do: elements, components and SDK by their public names, and no service but a scripted one.',
      { path: '^stories/' },
      {
        path: `^(${PACKAGES})/|^@collab-kit/`,
        pathNot: '^(stories|react|components|client|protocol)/',
      },
    ),
    rule(
      'no-zod-for-browsers',
      'Zod would double what a page loads: browsers take the generated runtime of the contract.',
      { path: '^(client|components|react)/src/|^protocol/src/runtime\\.ts$', pathNot: TEST },
      { path: 'node_modules/zod/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'contract-types-only-in-browsers',
      'The main entry of the contract holds its schemas: browsers take types from it, values from ./runtime.',
      { path: '^(client|components|react)/src/', pathNot: `${TEST}|^client/src/testing/` },
      { path: '^protocol/src/index\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'kernel-on-protocol',
      'The kernel knows calls and streams; no domain, no socket and no particular database.',
      { path: '^service/src/kernel/', pathNot: TEST },
      { path: '^service/src/(?!kernel/)' },
    ),
    rule(
      'domains-without-transport',
      'A domain does not know how a call came in.',
      { path: '^service/src/domains/', pathNot: TEST },
      { path: '^service/src/(transport|storage|bus)/|^service/src/(main|service|config)\\.ts$' },
    ),
    rule(
      'transport-without-domains',
      'The transport is derived from the registry: it knows no single operation.',
      { path: '^service/src/transport/', pathNot: TEST },
      { path: '^service/src/(domains|storage)/|^service/src/(main|service)\\.ts$' },
    ),
    rule(
      'domains-by-their-index',
      'A domain reads another through its index; how it stores things is its own affair.',
      { path: '^service/src/domains/([^/]+)/', pathNot: TEST },
      {
        path: '^service/src/domains/[^/]+/',
        pathNot: '^service/src/domains/($1/|[^/]+/index\\.ts$)',
      },
    ),
    rule(
      'rules-are-pure',
      'Decisions are plain functions over the contract: no storage, no clock, no socket (types may come from there).',
      { path: '^service/src/domains/[^/]+/rules\\.ts$' },
      {
        path: '^service/src/',
        pathNot: '^service/src/domains/[^/]+/rules\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'slices-by-their-selectors',
      'A slice of the client reads another through its selectors, never its state.',
      { path: '^client/src/domains/([^/]+)/', pathNot: TEST },
      {
        path: '^client/src/domains/[^/]+/',
        pathNot: '^client/src/domains/($1/|[^/]+/selectors\\.ts$)',
      },
    ),
    rule(
      'elements-are-pure',
      'An element takes properties and tells events: it works without our client. Features connect it.',
      { path: '^components/src/elements/', pathNot: TEST },
      {
        path: '^components/src/features/|^client/|^components/src/kit/(client|store)-',
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'tests-are-leaves',
      'What runs for users does not read tests or test doubles.',
      {
        pathNot: `${TEST}|/testing/|^(protocol/conformance|service/test|stories|e2e|bench|scripts)/`,
      },
      { path: `${TEST}|^(client|service)/src/testing/|^protocol/conformance/` },
    ),
  ],
  options: {
    // Beside TypeScript 7 the default parser reads no module at all and finds everything in order.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // The pages of other kits import what is fetched into a temporary folder.
    exclude: { path: `/(dist|coverage)/|${TEST}|^bench/src/rivals/pages/` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['collab-kit-source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
}
