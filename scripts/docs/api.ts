import { schemaOf } from '../../src/store/questions/index.ts'
import { QUESTIONS, type Questions } from '../../src/store/questions/list.ts'
import { fill } from '../markdown.ts'

/** docs/api.md: the questions that the API answers. */
export function apiPage(questions: Questions = QUESTIONS): string {
  return fill('api.md', {
    questions: Object.entries(questions).filter(([, { api }]) => api !== undefined),
    schemaOf
  })
}
