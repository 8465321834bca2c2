// Free of the schema library: browsers load this file through runtime.ts.

const NOTHING_TO_SEE =
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\uFFFC\uFFFE\uFFFF]*$/u

/** Whether a text shows nothing: empty, blank or made of invisible characters only. */
export function isBlank(text: string): boolean {
  return NOTHING_TO_SEE.test(text)
}

/** Whether a string can be stored and returned unchanged everywhere: well-formed Unicode without NUL. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
