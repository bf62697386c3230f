/// <reference types="@webgpu/types" />
/** Numbers of the WebGPU specification. Their namespaces, such as `GPUBufferUsage`, are globals that Node does not have. */
export const USAGE = { mapRead: 1, copySource: 4, copyDestination: 8, vertex: 32, uniform: 64, storage: 128 } as const

/** The same for textures. */
export const TEXTURE_USAGE = { copyDestination: 2, binding: 4, renderAttachment: 16 } as const

export const MAP_READ = 1
