/** What is masked before anybody keeps or shows it. Plain data. */
export type ScrubSettings =
  | boolean
  | {
      /** More names of parameters, headers, cookies and members whose values are masked; `*` is any text. */
      readonly names?: readonly string[] | undefined
      /** Names whose values stay. */
      readonly except?: readonly string[] | undefined
      /** Regular expressions: what they find is masked, or their first group. */
      readonly patterns?: readonly string[] | undefined
      /** Whether what Visor takes for secrets by itself is masked too; it is when absent. */
      readonly defaults?: boolean | undefined
    }
