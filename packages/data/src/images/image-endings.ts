/** Classifies files by the endings of their names. Decoding later shows their real content. */

/** Endings of images that can be decoded. JPEG has several; browsers save `.jfif`. */
export const IMAGE_ENDINGS = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']

/** Endings of images that cannot be decoded. */
const FOREIGN: Readonly<Record<string, string>> = {
  '.bmp': 'BMP',
  '.dib': 'BMP',
  '.heic': 'HEIC',
  '.heif': 'HEIC',
  '.jp2': 'JPEG 2000',
  '.jxl': 'JPEG XL',
  '.psd': 'Photoshop',
  '.svg': 'SVG',
  '.ico': 'ICO',
  '.cr2': 'Raw',
  '.nef': 'Raw',
  '.arw': 'Raw',
  '.dng': 'Raw',
}

function endingOf(path: string): string {
  return path.slice(path.lastIndexOf('.')).toLowerCase()
}

/** True if a file is an image that can be decoded, by its name. */
export function isImage(path: string): boolean {
  return IMAGE_ENDINGS.includes(endingOf(path))
}

/** The reason why a file is not used. */
export function whyNoImage(path: string): string {
  const ending = endingOf(path)
  if (!Object.hasOwn(FOREIGN, ending)) return 'Its name does not end like that of an image.'
  return `${FOREIGN[ending]} pictures (${ending}) are not supported: convert them to JPEG or PNG.`
}
