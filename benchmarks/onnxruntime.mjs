// Times ONNX Runtime on one thread: node onnxruntime.mjs MODEL.onnx BATCH WIDTH [CALLS] -> one JSON line (microseconds)
import ort from 'onnxruntime-node';

const [model, batch, width, calls = '2000'] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
});
const data = Float32Array.from({ length: batch * width }, (_, i) => Math.sin(i * 12.9898) * 1.7);
const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', data, [Number(batch), Number(width)]) };
const times = [];
for (let i = 0; i < Number(calls) * 1.1; ++i) {
  const start = process.hrtime.bigint();
  await session.run(feeds);
  if (i >= Number(calls) * 0.1) times.push(Number(process.hrtime.bigint() - start) / 1000);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ median_us: times[times.length >> 1], min_us: times[0] }));
