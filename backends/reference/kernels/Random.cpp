// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011).
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <array>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t(0xD2511F53) * counter[0], b = uint64_t(0xCD9E8D57) * counter[2];
    counter = {uint32_t(b >> 32) ^ counter[1] ^ key[0], uint32_t(b), uint32_t(a >> 32) ^ counter[3] ^ key[1],
               uint32_t(a)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

LogicalResult randomUniform(const Evaluation &e) {
  auto op = cast<RandomUniformOp>(e.op);
  uint64_t seed = e.operands[0].getInt(0), step = e.operands[1].getInt(0), id = op.getId();
  uint32_t draw = uint32_t(id) ^ (uint32_t(op.getDomain()) << 30);
  for (int64_t i = 0; i < e.results[0].count(); ++i) {
    auto word = philox({uint32_t(i), uint32_t(uint64_t(i) >> 32), draw, uint32_t(step)},
                       {uint32_t(seed), uint32_t(seed >> 32)});
    double value = e.results[0].element.isF64()
                       ? (double(word[0] >> 6) * double(1 << 27) + double(word[1] >> 5)) * 0x1p-53
                       : double(word[0] >> 8) * 0x1p-24;
    e.results[0].setFloat(i, value);
  }
  return success();
}

} // namespace

void addRandomKernels(KernelTable &table) { table[RandomUniformOp::getOperationName()] = randomUniform; }

} // namespace dlc::reference
