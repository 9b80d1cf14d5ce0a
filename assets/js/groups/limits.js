// @ts-check
/** Limits of the server for groups, in characters, and in bytes for the description. */
export const TITLE_MAX = 100
export const DESCRIPTION_MAX = 2048
