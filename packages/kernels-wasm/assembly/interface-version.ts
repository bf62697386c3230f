/**
 * Raised whenever a kernel's name, arguments or layouts change, so that code never runs a module of another release. Known to
 * src/loading/kernels.ts.
 */
export const INTERFACE_VERSION: i32 = 4
