import { expect, test } from 'vitest'
import { numberedClasses } from './numbered-classes.ts'

const table = {
  title: 'Confusion',
  columns: ['class', 'Ankle boot', 'Bag'],
  rows: [
    ['Ankle boot', '3', '100'],
    ['Bag', '0', '4'],
  ],
}

test('a matrix that fits stays as it is', () => {
  expect(numberedClasses(table, 27)).toBe(table)
})

test('a matrix that does not fit gets numbers as columns, which the rows explain', () => {
  expect(numberedClasses(table, 26)).toEqual({
    title: 'Confusion, numbered as the rows',
    columns: ['class', '1', '2'],
    rows: [
      ['1 Ankle boot', '3', '100'],
      ['2 Bag', '0', '4'],
    ],
  })
})

test('other tables stay as they are', () => {
  const perClass = { ...table, columns: ['class', 'recall', 'precision'] }
  expect(numberedClasses(perClass, 5)).toBe(perClass)
})
