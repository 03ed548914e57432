import { buildEngine, engineNames } from '../../engines/build.ts';
import { describeReturn } from '../../engines/conformance-simulation.ts';
import { readGolden } from '../../engines/golden.ts';
import { compileRaw } from '../../engines/raw-engine.ts';

const ROUNDS = 200_000;

for (const name of engineNames()) {
  const module = async () => compileRaw((await buildEngine(name)).path);
  describeReturn({ name, module, golden: () => readGolden(name) }, ROUNDS);
}
