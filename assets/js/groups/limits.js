// @ts-check
/** Limits of the server for groups: in characters, in bytes for the description, and how many members. */
export const TITLE_MAX = 100
export const DESCRIPTION_MAX = 2048
export const MEMBERS_MAX = 5000
