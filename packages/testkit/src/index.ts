export { type ConformanceCase, failures, registerCases, type TestFunction } from './conformance-case.ts'
export { ConformanceError } from './conformance-error.ts'
export type { ClosedFormContext, QuantizerSuiteOptions } from './quantizer/suite-options.ts'
export { quantizerCases, testQuantizer } from './quantizer/test-quantizer.ts'
