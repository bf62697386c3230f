/** The part that needs files: models of TensorFlow.js from the disk, and a folder that stores the outputs of teachers. */
export { teacherCache } from './cache/teacher-cache.ts'
export { readGraphModel, readLayersModel } from './teachers/read-models.ts'
