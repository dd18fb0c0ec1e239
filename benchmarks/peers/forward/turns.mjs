// ONNX Runtime's turns: turns.mjs NETWORK WINDOWS THREADS. See compare.py for what it reads and prints.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import ort from "onnxruntime-node";

const [network, path, threads] = process.argv.slice(2);
const session = await ort.InferenceSession.create(network, {
  intraOpNumThreads: Number(threads), interOpNumThreads: 1, graphOptimizationLevel: "all",
});
const windows = new Float32Array(new Uint8Array(readFileSync(path)).buffer);

for await (const line of createInterface({ input: process.stdin })) {
  const [batch, warm, calls] = line.split(" ").map(Number);
  const feeds = { windows: new ort.Tensor("float32", windows.subarray(0, batch * 90 * 20), [batch, 90, 20]) };
  if (calls === 0) {
    console.log(Array.from((await session.run(feeds)).probabilities.data).join(" "));
    continue;
  }
  for (let i = 0; i < warm; i++) await session.run(feeds);
  const start = performance.now();
  for (let i = 0; i < calls; i++) await session.run(feeds);
  console.log((performance.now() - start) / calls);
}
