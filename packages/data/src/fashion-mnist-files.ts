/** One of the four files of Fashion-MNIST. */
export interface FashionMnistFile {
  /** The published name, without `.gz`. */
  name: string
  /** SHA-256 of the full set's file, inflated. It is the same for every gzip of the file. */
  sha256: string
}

/** Maximum size of an inflated file, in bytes. The training images have 47,040,016. */
export const LARGEST_FILE = 2 ** 26

/** The content of the four files, gzipped or not. */
export interface FashionMnistContent {
  trainImages: Uint8Array<ArrayBuffer>
  trainLabels: Uint8Array<ArrayBuffer>
  testImages: Uint8Array<ArrayBuffer>
  testLabels: Uint8Array<ArrayBuffer>
}

/** The four files by their role. */
export const fashionMnistFiles: Record<keyof FashionMnistContent, FashionMnistFile> = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
}

/** Loads each of the four files, one after the other. */
export async function eachFile(
  load: (file: FashionMnistFile, role: keyof FashionMnistContent) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<FashionMnistContent> {
  const { trainImages, trainLabels, testImages, testLabels } = fashionMnistFiles
  return {
    trainImages: await load(trainImages, 'trainImages'),
    trainLabels: await load(trainLabels, 'trainLabels'),
    testImages: await load(testImages, 'testImages'),
    testLabels: await load(testLabels, 'testLabels'),
  }
}
