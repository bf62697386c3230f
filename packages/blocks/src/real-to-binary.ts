/**
 * Real-to-Binary's block: the strong baseline with a channel gate that reads the real values.
 *
 *   x -> BatchNorm -> sign -> 1-bit conv 3x3 -> scale -> channel gate of BatchNorm's output -> PReLU -> + shortcut(x)
 *
 * twice, the stride in the first, with a shortcut for each convolution. The learned scale is optional; without it, only the gate
 * scales.
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Training Binary Neural Networks with Real-to-Binary Convolutions (ICLR 2020), arXiv
 * 2003.11535, section 4.3. The paper does not state the initial slopes and gates. Slopes begin as in PyTorch by default. The
 * reproduction in Larq Zoo, which reaches the paper's accuracy, begins slopes at 0, and gates, as here, with He's normal
 * distribution.
 */
import { type Block, defineBlock } from '@onebit/core'
import { channelGate, GATE_INITIALIZERS, type GateInitializer } from './channel-gate.ts'
import { applyStrongBaseline, type StrongBaselineOptions, strongBaselineOptions } from './strong-baseline.ts'

export interface RealToBinaryOptions extends StrongBaselineOptions {
  /** r: the gate's input channels divided by those of its hidden layer. @default 8 */
  ratio: number
  /** Initializer of the gate's two dense layers. @default 'he-normal' */
  gateInitializer: GateInitializer
}

export const realToBinary: Block = defineBlock({
  name: 'real-to-binary',
  package: '@onebit/blocks',
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  convolutions: 2,
  // The float network has PReLUs too.
  twin: () => 'none',
  options: {
    ...strongBaselineOptions,
    ratio: { default: 8, min: 1, integer: true, description: 'ratio of channels between input and hidden layer of the gate' },
    gateInitializer: {
      default: 'he-normal',
      values: GATE_INITIALIZERS,
      description: "initial weights of the gate's dense layers",
    },
  },
  apply: ([input], { ratio, gateInitializer, ...options }, context) => [
    applyStrongBaseline(input, options, context, (value, norm, name) =>
      channelGate(value, norm, `${name}.gated`, { ratio, initializer: gateInitializer }),
    ),
  ],
})

declare module '@onebit/core' {
  interface BlockNames {
    'real-to-binary': RealToBinaryOptions
  }
}
