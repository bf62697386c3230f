// The exports of wasm/kernels.wasm. Pointers are byte addresses in the imported memory.
export { setImages, setOutputs, setWindow } from './geometry'
export { convolutionFilterGradient, convolutionFilterGradientScratch } from './convolution-filter-gradient'
export { convolutionInputGradient, convolutionInputGradientScratch } from './convolution-input-gradient'
