// What a string or a line has in it that is read in another way.
export const HAS_ESCAPE: u32 = 1
export const NOT_ASCII: u32 = 2
export const HAS_UNICODE_ESCAPE: u32 = 4
/** The line is text, in which a backslash is one. */
export const IS_TEXT: u32 = 8
