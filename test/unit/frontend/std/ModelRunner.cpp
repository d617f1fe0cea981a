#include "test/unit/frontend/std/ModelRunner.h"
#include "frontend/dsl/Elaborator.h"
#include "ir/graph/GraphDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/autodiff/Passes.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc;
using namespace dlc::test;
using reference::Tensor;

static mlir::OwningOpRef<mlir::ModuleOp> elaborateText(mlir::MLIRContext &context, const std::string &source,
                                                       std::string &errors) {
  context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
  dsl::SourceManager sources;
  dsl::Diagnostics diagnostics(sources);
  dsl::LoadedProgram program = dsl::loadProgram(sources, diagnostics, "test.dl", source);
  mlir::OwningOpRef<mlir::ModuleOp> module;
  dsl::ElaborateOptions options;
  options.dtype = "f64";
  if (!diagnostics.hasErrors())
    module = dsl::elaborate(context, sources, program, diagnostics, options);
  llvm::raw_string_ostream os(errors);
  diagnostics.renderAll(os);
  return module;
}

std::string ModelRunner::errorsOf(const std::string &source) {
  mlir::MLIRContext context;
  std::string errors;
  elaborateText(context, source, errors);
  return errors;
}

static Values toValues(const Tensor &tensor) {
  Values values{{tensor.shape.begin(), tensor.shape.end()}, {}};
  for (int64_t i = 0; i < tensor.count(); ++i)
    values.data.push_back(tensor.isFloat() ? tensor.getFloat(i) : static_cast<double>(tensor.getInt(i)));
  return values;
}

Tensor ModelRunner::toTensor(mlir::Type element, const Values &values) const {
  Tensor tensor(element, values.shape);
  for (int64_t i = 0; i < tensor.count(); ++i)
    tensor.isFloat() ? tensor.setFloat(i, values.data[i]) : tensor.setInt(i, std::llround(values.data[i]));
  return tensor;
}

/// The value in the file, or zeros.
static Values initialValue(mlir::DictionaryAttr variable) {
  auto type = llvm::cast<mlir::RankedTensorType>(variable.getAs<mlir::TypeAttr>("type").getValue());
  Values values{type.getShape().vec(), std::vector<double>(type.getNumElements(), 0.0)};
  auto dense = variable.getAs<mlir::DenseElementsAttr>("value");
  if (!dense)
    return values;
  for (int64_t i = 0; i < type.getNumElements(); ++i)
    values.data[i] = llvm::isa<mlir::FloatType>(type.getElementType())
                         ? dense.getValues<mlir::APFloat>()[i].convertToDouble()
                         : dense.getValues<mlir::APInt>()[i].getSExtValue();
  return values;
}

Values dlc::test::wave(const std::vector<int64_t> &shape, double phase) {
  Values values{shape, {}};
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  for (int64_t i = 0; i < count; ++i)
    values.data.push_back(std::sin(0.9 * i + phase));
  return values;
}

ModelRunner::ModelRunner(const std::string &source) {
  std::string errors;
  module = elaborateText(context, source, errors);
  if (!module) {
    ADD_FAILURE() << errors;
    return;
  }
  mlir::PassManager passes(&context);
  passes.addPass(createDifferentiatePass());
  if (mlir::failed(passes.run(*module)))
    ADD_FAILURE() << "not differentiable: " << source;
  for (auto variable :
       module->getOperation()->getAttrOfType<mlir::ArrayAttr>("graph.variables").getAsRange<mlir::DictionaryAttr>())
    variables[variable.getAs<mlir::StringAttr>("name").str()] = initialValue(variable);
}

Named ModelRunner::call(const std::string &name, const Named &inputs) {
  if (!module)
    return {};
  auto function = module->lookupSymbol<mlir::func::FuncOp>(name);
  if (!function) {
    ADD_FAILURE() << "no function @" << name;
    return {};
  }
  std::vector<Tensor> arguments;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto attribute = [&](llvm::StringRef key) { return function.getArgAttrOfType<mlir::StringAttr>(i, key); };
    mlir::Type element = llvm::cast<mlir::RankedTensorType>(function.getArgument(i).getType()).getElementType();
    if (auto variable = attribute("graph.variable"))
      arguments.push_back(toTensor(element, variables.at(variable.str())));
    else
      arguments.push_back(toTensor(
          element, inputs.at((attribute("graph.input") ? attribute("graph.input") : attribute("graph.target")).str())));
  }
  auto results = reference::Interpreter().run(function, arguments);
  if (mlir::failed(results)) {
    ADD_FAILURE() << "@" << name << " cannot be run";
    return {};
  }
  Named outputs;
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    if (auto variable = function.getResultAttrOfType<mlir::StringAttr>(i, "graph.variable"))
      variables[variable.str()] = toValues((*results)[i]);
    else
      outputs[function.getResultAttrOfType<mlir::StringAttr>(i, "graph.output").str()] = toValues((*results)[i]);
  }
  return outputs;
}

static std::string typeText(const std::string &dtype, const std::vector<int64_t> &shape) {
  std::string text = dtype + "[batch";
  for (size_t i = 1; i < shape.size(); ++i)
    text += ", " + std::to_string(shape[i]);
  return text + "]";
}

std::vector<double> dlc::test::evaluate(const std::string &expression, const Values &x) {
  ModelRunner runner("model M(x: " + typeText("f64", x.shape) + ") -> f64[...] { " + expression + " }");
  runner.call("init");
  return runner.call("predict", {{"x", x}})["output"].data;
}

double dlc::test::evaluateLoss(const std::string &loss, const Values &p, const Values &y,
                               const std::string &targetType) {
  ModelRunner runner("model M(p: " + typeText("f64", p.shape) + ", y: " + typeText(targetType, y.shape) +
                     ") -> f64 { " + loss + "(p, y) }");
  runner.call("init");
  std::vector<double> data = runner.call("predict", {{"p", p}, {"y", y}})["output"].data;
  EXPECT_EQ(data.size(), 1u) << loss;
  return data.empty() ? NAN : data[0];
}

void dlc::test::expectNear(const std::vector<double> &actual, const std::vector<double> &expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i]))) << "element " << i;
}
