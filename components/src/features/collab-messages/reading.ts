// What is not needed to see messages, but to do something with them; fetched once they are seen.
export { Copying, printStyles } from './copying.ts'
export { Roving } from './roving.ts'
