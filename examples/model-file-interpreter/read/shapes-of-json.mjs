import { refuse } from './refuse.mjs'

/** Checks that a value is an object with all required keys, and no others except the optional ones. */
export function checkKeys(object, field, required, optional = []) {
  checkObject(object, field)
  for (const key of required) if (!object.has(key)) refuse(`${field}.${key}`, 'is missing')
  for (const key of object.keys()) {
    if (!required.includes(key) && !optional.includes(key)) refuse(`${field}.${key}`, 'is not known')
  }
}

export function checkObject(object, field) {
  if (!(object instanceof Map)) refuse(field, 'must be an object')
  return object
}

export function checkList(list, field) {
  if (!Array.isArray(list)) refuse(field, 'must be a list')
  return list
}
