// A model file that is elaborated in f64, differentiated, and run by the reference backend.
#ifndef DLC_TEST_UNIT_FRONTEND_STD_MODELRUNNER_H
#define DLC_TEST_UNIT_FRONTEND_STD_MODELRUNNER_H

#include "backends/reference/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <map>
#include <string>
#include <vector>

namespace dlc::test {

/// A tensor of the model: row-major, of f64 or, by its declaration, of integers.
struct Values {
  std::vector<int64_t> shape;
  std::vector<double> data;
};
/// Numbers between -1 and 1, others for each \p phase.
Values wave(const std::vector<int64_t> &shape, double phase);
using Named = std::map<std::string, Values>;

class ModelRunner {
public:
  /// Fails the test when the source has errors.
  explicit ModelRunner(const std::string &source);

  /// Calls a function of the program; its outputs by name. Variables keep what the call wrote.
  Named call(const std::string &function, const Named &inputs = {});
  Named variables;

  /// What the elaborator had to say, when it refused the source.
  static std::string errorsOf(const std::string &source);

private:
  reference::Tensor toTensor(mlir::Type element, const Values &values) const;

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// The output of a model of one input `x`, which has the shape [rows, columns] of \p x.
std::vector<double> evaluate(const std::string &expression, const Values &x);

/// The same for `f(p, y)`; a scalar.
double evaluateLoss(const std::string &loss, const Values &p, const Values &y, const std::string &targetType = "f64");

void expectNear(const std::vector<double> &actual, const std::vector<double> &expected, double tolerance = 1e-12);

} // namespace dlc::test

#endif
