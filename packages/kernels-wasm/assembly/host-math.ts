/**
 * Transcendental functions of the host. WebAssembly has none, and using JavaScript's own makes every backend agree to the
 * last bit.
 */
@external('math', 'exp')
export declare function exp(x: f64): f64
@external('math', 'log1p')
export declare function log1p(x: f64): f64
@external('math', 'tanh')
export declare function tanh(x: f64): f64
