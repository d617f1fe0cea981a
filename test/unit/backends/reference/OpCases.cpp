#include "test/unit/backends/reference/OpCases.h"
#include "ir/graph/GraphDialect.h"
#include "ir/interfaces/DifferentiableOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using dlc::reference::Tensor;

namespace dlc::test {

const std::vector<OpCase> &allCases() {
  static const std::vector<OpCase> cases = [] {
    std::vector<OpCase> all;
    addElementwiseCases(all);
    addContractionCases(all);
    addConvolutionCases(all);
    addPoolingCases(all);
    addReductionCases(all);
    addShapeCases(all);
    addIndexingCases(all);
    addRandomCases(all);
    return all;
  }();
  return cases;
}

static std::string replaceAll(std::string text, StringRef token, StringRef value) {
  for (size_t at; (at = text.find(token)) != std::string::npos;)
    text.replace(at, token.size(), value);
  return text;
}

static std::string textOf(const OpCase &opCase) {
  std::string text = "func.func @f(";
  for (size_t i = 0; i < opCase.arguments.size(); ++i)
    text += std::string(i ? ", " : "") + "%" + char('a' + i) + ": " + opCase.arguments[i];
  return text + ") -> " + opCase.result + " {\n  %r = graph." + opCase.call + "\n  return %r : " + opCase.result +
         "\n}\n";
}

CaseProgram::CaseProgram(const std::string &text, int64_t n, const std::string &type) {
  context.loadDialect<func::FuncDialect, graph::GraphDialect>();
  std::string source = replaceAll(replaceAll(text, "{n}", std::to_string(n)), "{T}", type);
  module = parseSourceString<ModuleOp>(source, &context);
  EXPECT_TRUE(module) << source;
}

CaseProgram::CaseProgram(const OpCase &opCase, int64_t n, const std::string &type)
    : CaseProgram(textOf(opCase), n, type) {}

func::FuncOp CaseProgram::function(StringRef name) {
  return cast<func::FuncOp>(SymbolTable::lookupSymbolIn(*module, name));
}

Operation *CaseProgram::op() { return &function().getBody().front().front(); }

std::vector<unsigned> CaseProgram::addVjp() {
  SmallVector<Type> inputs(function().getArgumentTypes());
  inputs.push_back(op()->getResult(0).getType());
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto vjp = func::FuncOp::create(builder, builder.getUnknownLoc(), "vjp", builder.getFunctionType(inputs, {}));
  Block *body = vjp.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(function().getArguments(), body->getArguments().drop_back());
  Operation *copy = builder.clone(*op(), mapping);
  SmallVector<bool> needed(copy->getNumOperands(), true);
  SmallVector<Value> cotangents(copy->getNumOperands());
  EXPECT_TRUE(succeeded(cast<DifferentiableOpInterface>(copy).buildVjp(builder, ValueRange(body->getArguments().back()),
                                                                       needed, cotangents)));
  std::vector<unsigned> differentiated;
  SmallVector<Value> results;
  for (auto [index, cotangent] : llvm::enumerate(cotangents))
    if (cotangent) {
      EXPECT_EQ(cotangent.getType(), copy->getOperand(index).getType());
      differentiated.push_back(index);
      results.push_back(cotangent);
    }
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  vjp.setFunctionType(builder.getFunctionType(inputs, TypeRange(ValueRange(results))));
  EXPECT_TRUE(succeeded(verify(*module)));
  return differentiated;
}

static bool isFloat(Type type) { return isa<FloatType>(cast<RankedTensorType>(type).getElementType()); }

bool CaseProgram::hasGradient() {
  return isFloat(op()->getResult(0).getType()) && !op()->hasTrait<NoGradient>() &&
         llvm::any_of(op()->getOperandTypes(), isFloat);
}

std::vector<Tensor> CaseProgram::arguments(ArrayRef<Range> ranges, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Tensor> tensors;
  for (auto [index, type] : llvm::enumerate(function().getArgumentTypes())) {
    auto tensorType = cast<RankedTensorType>(type);
    Range range = index < ranges.size() ? ranges[index] : Range();
    Tensor tensor(tensorType.getElementType(), tensorType.getShape());
    for (int64_t i = 0; i < tensor.count(); ++i) {
      if (tensor.isFloat())
        tensor.setFloat(i, std::uniform_real_distribution<double>(range.low, range.high)(random));
      else if (tensor.element.isInteger(1))
        tensor.setInt(i, random() & 1);
      else
        tensor.setInt(i, std::uniform_int_distribution<int64_t>(range.low, range.high)(random));
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::vector<Tensor> CaseProgram::run(ArrayRef<Tensor> arguments, StringRef name) {
  FailureOr<SmallVector<Tensor>> results = reference::Interpreter().run(function(name), arguments);
  EXPECT_TRUE(succeeded(results));
  if (failed(results))
    return {};
  return std::vector<Tensor>(results->begin(), results->end());
}

double dot(const Tensor &lhs, const Tensor &rhs) {
  double sum = 0;
  for (int64_t i = 0; i < lhs.count(); ++i)
    sum += lhs.getFloat(i) * rhs.getFloat(i);
  return sum;
}

Tensor randomLike(const Tensor &like, std::mt19937 &random) {
  Tensor tensor(like.element, like.shape);
  for (int64_t i = 0; i < tensor.count(); ++i)
    tensor.setFloat(i, std::uniform_real_distribution<double>(-1, 1)(random));
  return tensor;
}

} // namespace dlc::test
