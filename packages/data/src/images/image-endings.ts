/** What a file is by the end of its name; what it really holds shows when it is decoded. */

/** Those that are decoded. A JPEG has several: browsers save `.jfif`. */
export const IMAGE_ENDINGS = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']

/** Those of pictures that are not. */
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

/** Whether a file is an image that can be decoded, by its name. */
export function isImage(path: string): boolean {
  return IMAGE_ENDINGS.includes(endingOf(path))
}

/** Why a file that is no such image is not used. */
export function whyNoImage(path: string): string {
  const ending = endingOf(path)
  if (!Object.hasOwn(FOREIGN, ending)) return 'Its name is not that of an image.'
  return `${FOREIGN[ending]} pictures (${ending}) are not decoded here: convert them to JPEG or PNG.`
}
