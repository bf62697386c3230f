/** The module that training threads of tests import. */
import quantizers from '@onebit/quantizers'

export default [quantizers]
