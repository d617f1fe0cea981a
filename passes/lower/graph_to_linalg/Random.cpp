// random_uniform: Philox4x32-10 on the element's linear index (Salmon et al., 2011; constants from the paper).
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/lower/KernelLowering.h"
#include <array>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

struct Bits {
  OpBuilder &b;
  Location loc;

  Value number(uint32_t value) const {
    return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value low(Value wide) const { return arith::TruncIOp::create(b, loc, b.getI32Type(), wide); }
  Value high(Value wide) const {
    Value by = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(32));
    return low(arith::ShRUIOp::create(b, loc, wide, by));
  }
  Value shift(Value word, uint32_t by) const { return arith::ShRUIOp::create(b, loc, word, number(by)); }
};

std::array<Value, 2> philox(const Bits &bits, std::array<Value, 4> counter, std::array<Value, 2> key) {
  OpBuilder &b = bits.b;
  Location loc = bits.loc;
  Value m0 = bits.number(0xD2511F53), m1 = bits.number(0xCD9E8D57);
  Value w0 = bits.number(0x9E3779B9), w1 = bits.number(0xBB67AE85);
  auto mix = [&](Value product, Value word, Value key) -> Value {
    return arith::XOrIOp::create(b, loc, arith::XOrIOp::create(b, loc, product, word), key);
  };
  for (int round = 0; round < 10; ++round) {
    auto a = arith::MulUIExtendedOp::create(b, loc, counter[0], m0);
    auto c = arith::MulUIExtendedOp::create(b, loc, counter[2], m1);
    counter = {mix(c.getHigh(), counter[1], key[0]), c.getLow(), mix(a.getHigh(), counter[3], key[1]), a.getLow()};
    if (round < 9)
      key = {arith::AddIOp::create(b, loc, key[0], w0), arith::AddIOp::create(b, loc, key[1], w1)};
  }
  return {counter[0], counter[1]};
}

// f32: 24 bits of the first word; f64: 26 of the first and 27 of the second. Both in [0, 1).
Value uniform(const Bits &bits, std::array<Value, 2> words, Type element) {
  OpBuilder &b = bits.b;
  Location loc = bits.loc;
  auto asFloat = [&](Value word) -> Value { return arith::UIToFPOp::create(b, loc, element, word); };
  auto scaled = [&](Value number, double factor) -> Value {
    Value by = arith::ConstantOp::create(b, loc, b.getFloatAttr(element, factor));
    return arith::MulFOp::create(b, loc, number, by, arith::FastMathFlags::contract);
  };
  if (!element.isF64())
    return scaled(asFloat(bits.shift(words[0], 8)), 0x1p-24);
  Value sum = arith::AddFOp::create(b, loc, scaled(asFloat(bits.shift(words[0], 6)), 0x1p27),
                                    asFloat(bits.shift(words[1], 5)), arith::FastMathFlags::contract);
  return scaled(sum, 0x1p-53);
}

LogicalResult randomUniform(KernelLowering &kernel, Operation *op) {
  auto random = cast<RandomUniformOp>(op);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<Value> lengths;
  for (const SymbolicSize &size : sizesOf(type))
    lengths.push_back(kernel.sizeValue(size));
  uint32_t draw = static_cast<uint32_t>(random.getId()) ^ (static_cast<uint32_t>(random.getDomain()) << 30);
  AffineMap scalarMap = AffineMap::get(type.getRank(), 0, op->getContext());
  kernel.defineElementwise(
      op->getResult(0), {{random.getSeed(), scalarMap}, {random.getStep(), scalarMap}},
      [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
        Bits bits{b, loc};
        Value element;
        for (auto [dim, length] : llvm::enumerate(lengths)) {
          Value index = linalg::IndexOp::create(b, loc, dim);
          element = element ? arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, element, length), index)
                                  .getResult()
                            : index;
        }
        Value wide = element ? arith::IndexCastOp::create(b, loc, b.getI64Type(), element).getResult()
                             : arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0)).getResult();
        auto words = philox(bits, {bits.low(wide), bits.high(wide), bits.number(draw), bits.low(e[1])},
                            {bits.low(e[0]), bits.high(e[0])});
        return {uniform(bits, words, type.getElementType())};
      });
  return success();
}

} // namespace

void addRandomLowerings(LoweringTable &table) { table[RandomUniformOp::getOperationName()] = randomUniform; }

} // namespace dlc::lower
