/**
 * Rises whenever a kernel's name, arguments or layouts change, so that code never runs a module of another release.
 * src/loading/kernels.ts has the same number.
 */
export const INTERFACE_VERSION: i32 = 4
