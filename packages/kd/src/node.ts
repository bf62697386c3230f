/** What needs files: models of TensorFlow.js from the disk, and a folder that keeps what teachers give. */
export { teacherCache } from './cache/teacher-cache.ts'
export { readGraphModel, readLayersModel } from './teachers/read-models.ts'
