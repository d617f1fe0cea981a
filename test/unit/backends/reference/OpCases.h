// Every op of the graph dialect as small functions, with hand-written loops that say what they compute.
#ifndef DLC_TEST_UNIT_BACKENDS_REFERENCE_OPCASES_H
#define DLC_TEST_UNIT_BACKENDS_REFERENCE_OPCASES_H

#include "backends/reference/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace dlc::test {

/// Values of one argument: uniform floats, or integers including both ends.
struct Range {
  double low = -2, high = 2;
};

/// Writes the result for arguments of size \p n, element by element.
using Loops = std::function<void(llvm::ArrayRef<reference::Tensor> in, reference::Tensor &out, int64_t n)>;

/// In all texts, {n} stands for a size and {T} for f32 or f64.
struct OpCase {
  std::string op; ///< mnemonic
  std::vector<std::string> arguments;
  std::string result;
  std::string call; ///< the op; its operands are %a, %b, … in the arguments' order
  std::vector<Range> ranges;
  Loops loops;
  double tolerance = 0; ///< relative; sums are compared with sums in another order
  int64_t smallest = 0; ///< of the sizes that the op takes
};

void addElementwiseCases(std::vector<OpCase> &cases);
void addContractionCases(std::vector<OpCase> &cases);
void addConvolutionCases(std::vector<OpCase> &cases);
void addPoolingCases(std::vector<OpCase> &cases);
void addReductionCases(std::vector<OpCase> &cases);
void addShapeCases(std::vector<OpCase> &cases);
void addIndexingCases(std::vector<OpCase> &cases);
void addRandomCases(std::vector<OpCase> &cases);
const std::vector<OpCase> &allCases();

/// One function of a case, ready to run.
class CaseProgram {
public:
  /// \p text: a module, with {n} and {T} as in a case.
  CaseProgram(const std::string &text, int64_t n, const std::string &type);
  CaseProgram(const OpCase &opCase, int64_t n, const std::string &type);

  mlir::func::FuncOp function(llvm::StringRef name = "f");
  /// The arguments of @f, filled by \p ranges.
  std::vector<reference::Tensor> arguments(llvm::ArrayRef<Range> ranges, unsigned seed);
  /// Fails the test, and returns nothing, when the function cannot be run.
  std::vector<reference::Tensor> run(llvm::ArrayRef<reference::Tensor> arguments, llvm::StringRef name = "f");

  /// The first op of @f.
  mlir::Operation *op();
  /// Adds @vjp: from the arguments of @f and the cotangent of the op's result to cotangents of the op's operands, which
  /// are the arguments. Returns which operands have one; the others' is zero.
  std::vector<unsigned> addVjp();
  /// Whether the op has a gradient: a float result that depends differentiably on a float.
  bool hasGradient();

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

double dot(const reference::Tensor &lhs, const reference::Tensor &rhs);
/// Numbers between -1 and 1 in the shape of \p like.
reference::Tensor randomLike(const reference::Tensor &like, std::mt19937 &random);

} // namespace dlc::test

#endif
