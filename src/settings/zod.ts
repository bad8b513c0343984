import type * as z from 'zod'

/** What schemas are made with, where it is given and not imported: loading it takes time and memory that few need. */
export type Zod = typeof z
