/** Which pictures go to a GPU, and what happens where it refuses them. Browsers are in kernels-webgpu's tests. */
import { DisposedError, type GpuInputs, InputError, type LoadedNetwork, type PictureInput } from '@onebit/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { gpuComputer } from './compute-on-gpu.ts'
import type { PictureSource } from './read/picture-source.ts'

const of = (kind: string, more: object = {}): PictureSource =>
  ({
    width: 4,
    height: 6,
    videoWidth: 4,
    videoHeight: 6,
    displayWidth: 4,
    displayHeight: 6,
    [Symbol.toStringTag]: kind,
    ...more,
  }) as never

/** A network whose GPU does as told. */
function networkOf(run?: (inputs: GpuInputs) => Promise<Record<string, Float32Array>>) {
  const gpu = run && { run: vi.fn(run) }
  return { inputs: [{ name: 'image', shape: [3, 3, 1] }], gpu } as unknown as LoadedNetwork & {
    gpu: { run: ReturnType<typeof vi.fn> }
  }
}

const good = async (): Promise<Record<string, Float32Array>> => ({ y: Float32Array.of(1) })
const refusal = (): InputError => new InputError({ what: 'No.' })
const picturesOf = (network: ReturnType<typeof networkOf>, call: number): readonly PictureInput[] =>
  (network.gpu.run.mock.calls[call][0] as Record<string, readonly PictureInput[]>).image

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('gpuComputer', () => {
  test('hands pictures over as they are, and one plan for all of a size', async () => {
    const network = networkOf(good)
    const compute = gpuComputer(network, {})
    const sources = [of('ImageBitmap'), of('OffscreenCanvas'), of('GPUTexture')]
    const computed = await compute(sources)
    await compute([of('VideoFrame')])
    const given = [...picturesOf(network, 0), ...picturesOf(network, 1)]
    expect(given.slice(0, 3).map(({ picture }) => picture)).toEqual(sources)
    expect(new Set(given.map(({ plan }) => plan)).size).toBe(1)
    expect(computed).toMatchObject({ results: { y: Float32Array.of(1) }, pictures: [{ height: 6, width: 4 }, {}, {}] })
    // The whole picture fits in: three rows of two pixels, and a column before them.
    expect(computed!.toInput[0]).toEqual([0.5, 0, 1, 0, 0.5, 0])
  })

  test.each<[string, readonly PictureSource[]]>([
    ['pixels', [{ data: new Uint8Array(24), width: 4, height: 6 }]],
    ['one of several', [of('ImageBitmap'), { data: new Uint8Array(24), width: 4, height: 6 }]],
    ['a file without a browser', [new Blob([])]],
    ['nothing', [undefined as never]],
  ])('leaves %s to the processor', async (_, sources) => {
    const network = networkOf(good)
    expect(await gpuComputer(network, {})(sources)).toBeUndefined()
    expect(network.gpu.run).not.toHaveBeenCalled()
  })

  test('leaves all to the processor where there is no GPU, or where it refuses a picture', async () => {
    expect(await gpuComputer(networkOf(), {})([of('ImageBitmap')])).toBeUndefined()
    expect(
      await gpuComputer(
        networkOf(() => Promise.reject(refusal())),
        {},
      )([of('ImageBitmap')]),
    ).toBeUndefined()
  })

  test('throws what is no fault of a picture, unless the network has left the GPU', async () => {
    const disposed = new DisposedError({ what: 'Gone.' })
    const network = networkOf(() => Promise.reject(disposed))
    await expect(gpuComputer(network, {})([of('ImageBitmap')])).rejects.toBe(disposed)
    const leaving: ReturnType<typeof networkOf> = networkOf(async () => {
      Object.assign(leaving, { gpu: undefined })
      throw disposed
    })
    expect(await gpuComputer(leaving, {})([of('ImageBitmap')])).toBeUndefined()
    // The processor has no way to a texture.
    await expect(
      gpuComputer(
        networkOf(() => Promise.reject(refusal())),
        {},
      )([of('GPUTexture')]),
    ).rejects.toThrow('No.')
  })

  test('makes bitmaps of videos where those are not copied, from then on, and closes them', async () => {
    const close = vi.fn()
    vi.stubGlobal('createImageBitmap', async () => of('ImageBitmap', { close }))
    const kinds: string[][] = []
    const network = networkOf(async ({ image }) => {
      const tags = (image as readonly PictureInput[]).map(({ picture }) => Object.prototype.toString.call(picture).slice(8, -1))
      kinds.push(tags)
      return tags.includes('VideoFrame') ? Promise.reject(refusal()) : good()
    })
    const compute = gpuComputer(network, {})
    expect(await compute([of('VideoFrame')])).toBeDefined()
    expect(await compute([of('VideoFrame'), of('OffscreenCanvas')])).toBeDefined()
    expect(kinds).toEqual([['VideoFrame'], ['ImageBitmap'], ['ImageBitmap', 'OffscreenCanvas']])
    expect(close).toHaveBeenCalledTimes(2)
  })

  test('closes the bitmaps of others where one picture is none', async () => {
    const close = vi.fn()
    vi.stubGlobal('createImageBitmap', async () => of('ImageBitmap', { close }))
    const closed = of('ImageBitmap', { width: 0, height: 0 })
    expect(await gpuComputer(networkOf(good), {})([of('HTMLImageElement'), closed]).catch(({ reason }) => reason)).toBeUndefined()
    expect(close).toHaveBeenCalledOnce()
  })
})
