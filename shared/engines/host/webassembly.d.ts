// Declares the part of the WebAssembly JavaScript interface that the host uses. Node's own types leave it to the
// browser's.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
    static exports(
      module: Module,
    ): { name: string; kind: 'function' | 'memory' | 'table' | 'global' | 'tag' }[];
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  class RuntimeError extends Error {}
  function compile(bytes: BufferSource): Promise<Module>;
  type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
}
