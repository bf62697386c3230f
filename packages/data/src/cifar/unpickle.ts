/**
 * A reader of Python's pickle format that supports exactly the content of CIFAR's Python version: protocol 2 with dictionaries,
 * lists, tuples, strings, integers and NumPy arrays of unsigned bytes. It only builds values and never calls anything. It knows
 * the three names of NumPy arrays; any other name or opcode is an error. Encodings: Python's Lib/pickletools.py.
 */
import { DataError } from '../data-error.ts'
import { arrayWithState, NAMES, type Pickled, reduce } from './pickled-array.ts'

/** Marks a position on the stack. */
const MARK = Symbol('mark')
/** Maximum length of the name of a module or a type, in bytes. */
const LONGEST_LINE = 100
type Entry = Pickled | typeof MARK

/**
 * The value of a pickle file. `name` is the file's name in errors.
 * Throws `DataError` with reason `pickle` or `truncated`.
 */
export function unpickle(bytes: Uint8Array<ArrayBuffer>, name: string): Pickled {
  return new Unpickler(bytes, name).run()
}

class Unpickler {
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  readonly #name: string
  readonly #stack: Entry[] = []
  readonly #memo = new Map<number, Pickled>()
  #offset = 0

  constructor(bytes: Uint8Array<ArrayBuffer>, name: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#name = name
  }

  run(): Pickled {
    if (this.#uint8() !== 0x80 || this.#uint8() !== 2) {
      const received = Array.from(this.#bytes.subarray(0, 2), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
      throw this.#error('does not begin like a pickle of CIFAR', '80 02 (protocol 2)', received)
    }
    for (let opcode = this.#uint8(); opcode !== 0x2e /* . */; opcode = this.#uint8()) this.#execute(opcode)
    const value = this.#pop()
    if (this.#stack.length === 0 && this.#offset === this.#bytes.length) return value
    throw this.#error('has data after its value', `${this.#offset} bytes`, `${this.#bytes.length} bytes`)
  }

  #execute(opcode: number): void {
    const stack = this.#stack
    switch (String.fromCharCode(opcode)) {
      case '(':
        stack.push(MARK)
        return
      case 'N':
        stack.push(null)
        return
      case '\x88':
        stack.push(true)
        return
      case '\x89':
        stack.push(false)
        return
      case 'K':
        stack.push(this.#uint8())
        return
      case 'M':
        stack.push(this.#view.getUint16(this.#take(2), true))
        return
      case 'J':
        stack.push(this.#view.getInt32(this.#take(4), true))
        return
      case 'U':
        stack.push(latin1(this.#slice(this.#uint8())))
        return
      case 'T':
        stack.push(this.#slice(this.#view.getInt32(this.#take(4), true)))
        return
      case '}':
        stack.push(new Map())
        return
      case ']':
      case ')':
        stack.push([])
        return
      case 't':
        stack.push(this.#popToMark())
        return
      case '\x85':
      case '\x86':
      case '\x87':
        stack.push(Array.from({ length: opcode - 0x84 }, () => this.#pop()).reverse())
        return
      case 'a':
        this.#append([this.#pop()])
        return
      case 'e':
        this.#append(this.#popToMark())
        return
      case 's':
        this.#set([this.#pop(), this.#pop()].reverse())
        return
      case 'u':
        this.#set(this.#popToMark())
        return
      case 'q':
        this.#memo.set(this.#uint8(), this.#top())
        return
      case 'r':
        this.#memo.set(this.#view.getUint32(this.#take(4), true), this.#top())
        return
      case 'h':
        this.#recall(this.#uint8())
        return
      case 'j':
        this.#recall(this.#view.getUint32(this.#take(4), true))
        return
      case 'c':
        this.#global(`${this.#line()}.${this.#line()}`)
        return
      case 'R': {
        const values = this.#pop()
        this.#push(reduce(this.#pop(), values), 'builds an object other than a NumPy array')
        return
      }
      case 'b': {
        const state = this.#pop()
        this.#push(arrayWithState(this.#pop(), state), 'holds a NumPy array of another kind')
        return
      }
      default:
        throw this.#error(
          'has an opcode that CIFAR does not use',
          'an opcode of dictionaries, lists and byte arrays',
          hex(opcode),
        )
    }
  }

  #global(name: string): void {
    if (!NAMES.includes(name)) throw this.#error('uses a name that is not allowed', NAMES.join(', '), name)
    this.#stack.push({ name })
  }

  #push(value: Pickled | undefined, fault: string): void {
    if (value === undefined) throw this.#error(fault, 'a NumPy array of unsigned bytes')
    this.#stack.push(value)
  }

  #recall(key: number): void {
    const value = this.#memo.get(key)
    if (value === undefined)
      throw this.#error('reads a memo that it has not stored', `one of ${this.#memo.size} values`, `${key}`)
    this.#stack.push(value)
  }

  #append(values: Pickled[]): void {
    const list = this.#top()
    if (!Array.isArray(list)) throw this.#error('appends to a value that is not a list')
    for (const value of values) list.push(value)
  }

  #set(entries: Pickled[]): void {
    const dictionary = this.#top()
    if (!(dictionary instanceof Map)) throw this.#error('sets keys of a value that is not a dictionary')
    for (let index = 0; index < entries.length; index += 2) {
      const key = entries[index]
      if (typeof key !== 'string' || index + 1 === entries.length) throw this.#error('has a key that is not a string')
      dictionary.set(key, entries[index + 1])
    }
  }

  #top(): Pickled {
    const entry = this.#stack.at(-1)
    if (entry === undefined || entry === MARK) throw this.#error('takes a value from an empty stack')
    return entry
  }

  #pop(): Pickled {
    const entry = this.#top()
    this.#stack.pop()
    return entry
  }

  #popToMark(): Pickled[] {
    const mark = this.#stack.lastIndexOf(MARK)
    if (mark < 0) throw this.#error('takes values back to a missing mark')
    return this.#stack.splice(mark).slice(1) as Pickled[]
  }

  #uint8(): number {
    return this.#bytes[this.#take(1)]
  }

  #slice(length: number): Uint8Array<ArrayBuffer> {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  #line(): string {
    const length = this.#bytes.subarray(this.#offset, this.#offset + LONGEST_LINE).indexOf(0x0a)
    if (length < 0) throw this.#error('has a name that does not end', `a line below ${LONGEST_LINE} bytes`)
    const line = latin1(this.#slice(length))
    this.#take(1)
    return line
  }

  /** Returns the offset of the next `length` bytes and skips them. */
  #take(length: number): number {
    const start = this.#offset
    if (length < 0) throw this.#error('has a string of a negative length', undefined, `${length}`)
    if (start + length > this.#bytes.length) {
      throw new DataError({
        reason: 'truncated',
        file: this.#name,
        what: `The pickle file '${this.#name}' ends too early.`,
        expected: `at least ${start + length} bytes`,
        received: `${this.#bytes.length} bytes`,
        fix: 'Get the file again.',
      })
    }
    this.#offset += length
    return start
  }

  #error(fault: string, expected?: string, received?: string): DataError {
    return new DataError({
      reason: 'pickle',
      file: this.#name,
      what: `The pickle file '${this.#name}' ${fault}, at byte ${this.#offset}.`,
      expected,
      received,
      fix: `Give a file of CIFAR's Python version as it was published, or its binary version.`,
    })
  }
}

const hex = (opcode: number): string => `0x${opcode.toString(16).padStart(2, '0')}`

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
