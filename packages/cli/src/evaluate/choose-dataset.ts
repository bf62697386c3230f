/**
 * Chooses the test pictures for a frozen file: the user's choice, or else the file's data set, in the form that the network
 * takes.
 */
import { type AnyOptions, completeOptions, type LoadedNetwork, nearestNames, type Registry } from '@onebit/core'
import type { DatasetPlugin } from '@onebit/data'
import { readPictureMetadata } from '@onebit/image'
import { UsageError } from '../errors.ts'
import { missingPlugin } from '../plugins/missing-plugin.ts'
import type { NamedReference } from '../recipe/recipe.ts'
import { datasetOfFile } from './dataset-of-file.ts'

export interface DatasetRequest {
  readonly file: string
  /** Default: the data set that the file was trained on, if it names one. */
  readonly data?: NamedReference
  /** Location of the data set. */
  readonly folder?: string
  /**
   * Allows the download of a data set that the file names. A data set in `data` may be downloaded, unless its options say
   * otherwise.
   */
  readonly download?: boolean
  /** A part of the data set, if it has several. */
  readonly split?: string
  /** Maximum number of test pictures. */
  readonly limit?: number
  /** The share held out of the training pictures, as in training. */
  readonly validation?: number
}

export interface ChosenDataset {
  readonly plugin: DatasetPlugin
  /** Checked and complete. */
  readonly options: AnyOptions
}

/** @throws UsageError with the nearest name. */
function datasetNamed(registry: Registry, name: string): DatasetPlugin {
  const plugins = registry.list('dataset') as readonly DatasetPlugin[]
  const found = plugins.find((plugin) => plugin.name === name)
  if (found) return found
  const names = plugins.map((plugin) => plugin.name)
  const [nearest] = nearestNames(name, names)
  throw new UsageError({
    what: `There is no data set '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${names.join(', ')}. To use another one, name its package with --plugin.`,
  })
}

function requested(network: LoadedNetwork, { file, data, download = false }: DatasetRequest, registry: Registry): ChosenDataset {
  if (data !== undefined) {
    const { name, ...options } = typeof data === 'string' ? { name: data } : data
    return { plugin: datasetNamed(registry, name), options }
  }
  const ofFile = datasetOfFile(network.metadata, registry)
  if (ofFile) {
    const permission = Object.hasOwn(ofFile.plugin.options, 'download') ? { download } : {}
    return { plugin: ofFile.plugin, options: { ...ofFile.options, ...permission } }
  }
  const { dataset } = network.metadata
  const names = registry.list('dataset').map(({ name }) => name)
  throw new UsageError({
    what: dataset
      ? `'${file}' was trained on '${dataset}', which this command does not know.`
      : `'${file}' does not say which data set it was trained on.`,
    fix: `Name one with --data: ${names.join(', ')}. ${missingPlugin(network.metadata)}`,
  })
}

/**
 * The data in the form that the network takes: its size, channels and normalization, unless the data set fixes them.
 * @throws UsageError if no data set is named, or if it does not exist; OptionError on a bad option, or on one that the data set
 *   lacks.
 */
export function chooseDataset(network: LoadedNetwork, request: DatasetRequest, registry: Registry): ChosenDataset {
  const { plugin, options } = requested(network, request, registry)
  const [size, , channels] = network.inputs[0].shape
  const { normalization } = readPictureMetadata(network.metadata)
  const open = Object.entries({ size, channels }).filter(([key]) => Object.hasOwn(plugin.options, key))
  const { folder, split, limit, validation } = request
  const given = Object.entries({ folder, split, limit, validation }).filter(([, value]) => value !== undefined)
  return {
    plugin,
    options: completeOptions(plugin, {
      ...(normalization && { normalization }),
      ...Object.fromEntries(open),
      ...options,
      ...Object.fromEntries(given),
    }),
  }
}
