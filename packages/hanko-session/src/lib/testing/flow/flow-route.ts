import { notFound } from '../answers.ts'

export const postLogin = (): Response => notFound()
export const postRegistration = (): Response => notFound()
