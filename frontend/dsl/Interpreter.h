// Evaluates the model language: compile-time values at once, tensors as ops of the
// function being built. Which functions a program has is Elaborator.cpp's business.
#ifndef DLC_FRONTEND_DSL_INTERPRETER_H
#define DLC_FRONTEND_DSL_INTERPRETER_H

#include "frontend/dsl/Broadcasting.h"
#include "frontend/dsl/Callable.h"
#include "frontend/dsl/Diagnostics.h"
#include "frontend/dsl/FunctionScope.h"
#include "frontend/dsl/Limits.h"
#include "ir/graph/GraphDialect.h"

namespace dlc::dsl {

struct ScanState;

/// Whose variables `param` and `state` declare.
struct StateOwner {
  VariableKind kind;      // State (and Param) of a layer, Slot or Metric
  std::string prefix;     // "dense_1/"
  std::string parameter;  // of a slot
  Instance *layer = nullptr;
};

/// One call in progress.
struct Frame {
  std::string name;     // "dense", "" for a lambda
  std::string what;     // "layer dense", for notes
  SourceRange callSite; // no place for the outermost
  Instance *layer = nullptr;         // the innermost layer: paths and random draws
  const StateOwner *owner = nullptr; // null where nothing may be declared
};

/// What the run in progress is for; set by the elaborator for each function.
struct Run {
  unsigned number = 0;      // from 1
  std::string purpose;      // "while elaborating model M for training"
  SourceRange declaration;  // of the model or train block
  bool training = false;
  bool fitting = false;     // `fit` blocks are executed
  bool mayWriteState = false;
  graph::RandomDomain domain = graph::RandomDomain::Train;
  mlir::Type floatType;     // of literals and of `zeros(shape)`; null: the program's
  llvm::SetVector<unsigned> variables;       // declared by layers, in order
  std::string context;      // "the prediction is …": a note for every error, while not empty
  SourceRange contextPlace;
  SourceRange classWeightPlace;              // of the recipe's, while its loss is called with them
  std::vector<ArgumentValue> addedLosses;    // of add_loss
  bool hasFitBlock = false;
  llvm::StringMap<unsigned> draws; // of random numbers so far, by the path of the layer
};

/// One entry of `graph.layers`.
struct LayerSummary {
  std::string name, layer, output;
  std::vector<std::string> params;
  mlir::FileLineColLoc location;
};

class Interpreter {
public:
  Interpreter(mlir::ModuleOp module, SourceManager &sources, Diagnostics &diagnostics, mlir::Type floatType);

  // ---- errors: Interpreter.cpp ----
  /// Reports at the user's line, with the calls that led there; returns an Error value.
  Value fail(SourceRange range, const llvm::Twine &message);
  /// The same with a note of its own.
  Value fail(SourceRange range, const llvm::Twine &message, SourceRange noteRange, const llvm::Twine &note);
  /// Ends the elaboration: a limit was hit.
  Value abort(SourceRange range, const llvm::Twine &message);
  bool isAborted() const { return aborted; }
  /// Counts one unit of work; false once the budget is used up.
  bool spend(SourceRange range, uint64_t units = 1);
  /// The same for walking over \p value or making it.
  bool chargeFor(const Value &value, SourceRange range) { return spend(range, value.extent() / kValuesPerStep); }

  // ---- places ----
  mlir::FileLineColLoc fileLocation(SourceRange range) const;
  /// The innermost line of the user's files that led here.
  SourceRange userRange(SourceRange range) const;
  Place place(SourceRange range);
  /// False after an error where no tensor can be made (a const, the recipe).
  bool canBuild(SourceRange range);

  // ---- expressions: EvaluateExpression.cpp, EvaluateStatement.cpp ----
  Value evaluate(const ast::Expr &expr, Environment &env);
  Value evaluateBlock(const ast::BlockExpr &block, Environment &env);
  Value evaluateStatement(const ast::Stmt &statement, Environment &env);
  Value evaluateName(llvm::StringRef name, SourceRange range, Environment &env);
  std::optional<bool> condition(const Value &value, SourceRange range);

  // ---- operators: EvaluateOperator.cpp ----
  Value binary(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value negate(const Value &value, SourceRange range);
  Value notOf(const Value &value, SourceRange range);
  Value matmul(const Value &lhs, const Value &rhs, SourceRange range, llvm::StringRef lhsText,
               llvm::StringRef rhsText);
  Value index(const Value &base, const std::vector<ast::Subscript> &subscripts, SourceRange range, Environment &env);

  /// Rows of \p table along \p axis; indices beyond the ends are clamped.
  Value takeRows(mlir::Value table, const Value &indices, int64_t axis, SourceRange range);

  // ---- calls: EvaluateCall.cpp ----
  Value call(const Value &callee, std::vector<ArgumentValue> arguments, SourceRange range);
  Value call(const Value &callee, llvm::ArrayRef<Value> arguments, SourceRange range);
  bool bindArguments(llvm::ArrayRef<ast::Parameter> parameters, std::vector<ArgumentValue> arguments,
                     Environment &env, SourceRange range, llvm::StringRef callee);
  /// How many positional arguments \p callee still needs; nullopt for builtins with `...`.
  std::optional<unsigned> requiredArguments(const Value &callee);
  /// \p value, or a class without arguments as an instance with its defaults.
  Value instantiated(const Value &value, SourceRange range);

  // ---- types: EvaluateType.cpp ----
  std::optional<mlir::Type> dtypeNamed(llvm::StringRef name) const;
  /// The type written down; names that are not known become symbols when \p bindSymbols, else are errors.
  mlir::RankedTensorType resolveType(const ast::TypeExpr &type, Environment &env, bool bindSymbols);
  /// Checks \p value against a parameter's annotation and binds it and the names of its type.
  bool bindParameter(const ast::Parameter &parameter, const ArgumentValue &argument, Environment &env);
  /// Checks the outcome of a call against `-> …`.
  Value checkResult(const ast::ResultSpec &spec, Value value, Environment &env, SourceRange range);
  bool matchType(const ast::TypeExpr &type, mlir::RankedTensorType actual, Environment &env, SourceRange range,
                 const llvm::Twine &what);

  // ---- layers: EvaluateLayer.cpp ----
  Value applyLayer(const std::shared_ptr<Instance> &instance, std::vector<ArgumentValue> arguments,
                   SourceRange range);
  Value declareParam(const ast::ParamStmt &param, Environment &env);
  Value declareState(const ast::StateStmt &state, Environment &env);
  void nameInstance(Instance &instance, llvm::StringRef name);
  /// Takes hyper-parameters from `settings`.
  void applySettings(Instance &instance);
  /// Whether a pattern of the recipe's `freeze` names \p path or something above it.
  bool isFrozen(llvm::StringRef path) const;
  std::shared_ptr<Instance> makeInstance(const Declaration *declaration, std::vector<ArgumentValue> arguments,
                                         SourceRange range);

  // ---- tensors of values: Promotion.cpp ----
  /// \p value as a tensor, its dtype \p preferred when it is weak; null after an error.
  mlir::Value toTensor(const Value &value, SourceRange range, mlir::Type preferred = {});
  /// One dtype and one shape for all, as NumPy does it with weak literals; empty after an error.
  /// \p weak: whether the result yields to other dtypes.
  llvm::SmallVector<mlir::Value> promote(llvm::ArrayRef<ArgumentValue> operands, SourceRange range,
                                         llvm::StringRef what, bool &weak, bool toFloat = false);
  /// One shape for all; false after an error.
  bool broadcastTogether(llvm::SmallVectorImpl<mlir::Value> &tensors, SourceRange range, llvm::StringRef what);
  /// \p value for a variable or parameter of \p type: converted when weak, broadcast.
  mlir::Value fitted(const Value &value, mlir::RankedTensorType type, SourceRange range, const llvm::Twine &what);
  mlir::Type floatType() const { return run->floatType ? run->floatType : programFloat; }
  mlir::Type programFloatType() const { return programFloat; }
  mlir::RankedTensorType scalarFloat() const { return mlir::RankedTensorType::get({}, programFloat); }

  // ---- compile-time arguments: Promotion.cpp ----
  std::optional<int64_t> toInt(const Value &value, SourceRange range, const llvm::Twine &what);
  std::optional<double> toFloat(const Value &value, SourceRange range, const llvm::Twine &what);
  std::optional<bool> toBool(const Value &value, SourceRange range, const llvm::Twine &what);
  std::optional<graph::SymbolicSize> toSize(const Value &value, SourceRange range, const llvm::Twine &what);
  std::optional<Sizes> toShape(const Value &value, SourceRange range, const llvm::Twine &what);
  std::optional<mlir::Type> toDType(const Value &value, SourceRange range);
  /// An axis of a tensor of \p rank, negative from the end.
  std::optional<int64_t> toAxis(const Value &value, int64_t rank, SourceRange range);
  /// `none` for all, one int, or a list; sorted.
  std::optional<llvm::SmallVector<int64_t>> toAxes(const Value &value, int64_t rank, SourceRange range);
  /// A hyper-parameter as the number it has by default, which pins it; anything else as it is.
  Value pinned(const Value &value);
  bool checkElementCount(llvm::ArrayRef<graph::SymbolicSize> sizes, SourceRange range);

  // ---- gradients: EvaluateGradient.cpp ----
  Value gradientCall(const Value &function, const Value &wrt, std::vector<ArgumentValue> arguments, SourceRange range,
                     bool withValue);

  /// `checkpoint(f)(…)`, `custom_vjp(f, backward)(…)`: EvaluateNestedCall.cpp
  Value checkpointCall(const Value &function, std::vector<ArgumentValue> arguments, SourceRange range);
  Value customVjpCall(const Value &function, const Value &backward, std::vector<ArgumentValue> arguments,
                      SourceRange range);
  /// `cond(test, then, otherwise)`: both without arguments.
  Value condition(const Value &test, const Value &then, const Value &otherwise, SourceRange range);

  /// Requests the results of \p function and the derivative of the first by each argument of \p wrt.
  mlir::ValueRange emitValueAndGrad(FunctionScope &function, llvm::ArrayRef<mlir::Value> operands,
                                    llvm::ArrayRef<int64_t> wrt, SourceRange range);

  // ---- random numbers and variables ----
  int64_t nextRandomId();
  mlir::Value readVariable(llvm::StringRef name) { return scope->read(*variables.find(name)); }
  Value stepValue(llvm::StringRef name);

  mlir::MLIRContext *context;
  mlir::ModuleOp module;
  SourceManager &sources;
  Diagnostics &diagnostics;
  VariableTable variables;
  EnvironmentArena arena;
  FunctionScope *scope = nullptr;
  std::vector<Frame> frames;
  Run idle; // outside any function
  Run *run = &idle;
  std::vector<LayerSummary> *layers = nullptr; // where applyLayer records, if anywhere
  std::vector<std::string> frozen;             // patterns of the recipe
  std::vector<std::pair<std::string, const ast::Expr *>> settings; // "dense_1.units", of --set
  llvm::StringSet<> usedSettings;
  std::vector<mlir::Value> scanSteps; // the numbers of the present steps of the scans in progress
  std::vector<std::string> ports; // the model's inputs, then its targets: what `table` assigns files to

private:
  std::vector<DiagnosticNote> callTrace(SourceRange primary) const;
  Value report(SourceRange range, const llvm::Twine &message, llvm::ArrayRef<DiagnosticNote> notes);
  Value evaluateKind(const ast::Expr &expr, Environment &env);
  Value evaluateUnary(const ast::UnaryExpr &expr, Environment &env);
  Value evaluateBinary(const ast::BinaryExpr &expr, Environment &env);
  Value evaluateLogical(const ast::BinaryExpr &expr, Environment &env);
  Value evaluatePipe(const ast::BinaryExpr &expr, Environment &env);
  Value evaluateCall(const ast::CallExpr &expr, Environment &env);
  Value evaluateField(const ast::FieldExpr &expr, Environment &env);
  Value evaluateIf(const ast::IfExpr &expr, Environment &env, bool inOwnScope);
  Value evaluateSequence(llvm::ArrayRef<ast::ExprPtr> items, Environment &env, std::vector<Value> &values);
  Value evaluateScan(const ast::ScanExpr &expr, Environment &env);
  Value evaluateNext(const ast::NextStmt &next, Environment &env);
  Value evaluateEmit(const ast::EmitStmt &emit, Environment &env);
  struct ScanInput;
  std::optional<int64_t> stepsToRecompute(const Value &value, const graph::SymbolicSize &length, SourceRange range);
  std::optional<ScanInput> scanInput(const ast::ScanExpr &expr, Environment &env);
  bool scanBody(const ast::ScanExpr &expr, const ScanInput &input, llvm::ArrayRef<mlir::Value> initial,
                ScanState &state, FunctionScope &function);
  Value evaluateLet(const ast::LetStmt &let, Environment &env);
  Value evaluateFor(const ast::ForStmt &loop, Environment &env);
  Value evaluateAssign(const ast::AssignStmt &assign, Environment &env);
  Value evaluateConst(Binding &binding, SourceRange range);
  bool bindPattern(const ast::Pattern &pattern, const Value &value, Environment &env);
  Value unknownName(llvm::StringRef name, SourceRange range, Environment &env);
  Value fieldOf(const Value &base, const ast::Identifier &field);

  Value callFunction(const Value &self, std::vector<ArgumentValue> arguments, SourceRange range);
  Value callBuiltin(const Value &self, std::vector<ArgumentValue> arguments, SourceRange range);
  Value callClass(const Declaration *declaration, std::vector<ArgumentValue> arguments, SourceRange range);
  bool bindHypers(Instance &instance, std::vector<ArgumentValue> arguments, SourceRange range);

  Value binaryNumbers(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value binarySizes(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value binarySequences(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value binaryTensors(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value binaryHypers(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value powerOf(const Value &base, const Value &exponent, SourceRange range);
  Value compareEqual(ast::BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range);
  Value indexSequence(const Value &base, const std::vector<ast::Subscript> &subscripts, SourceRange range,
                      Environment &env);
  Value indexTensor(mlir::Value base, const std::vector<ast::Subscript> &subscripts, SourceRange range,
                    Environment &env);

  bool matchDType(const ast::Identifier &name, mlir::Type actual, Environment &env, SourceRange range,
                  const llvm::Twine &what);
  bool matchDims(const ast::TypeExpr &type, llvm::ArrayRef<graph::SymbolicSize> sizes, Environment &env,
                 SourceRange range, const llvm::Twine &what, llvm::StringRef actualText);
  bool matchSize(const ast::TypeDim &dim, const graph::SymbolicSize &actual, Environment &env, std::string &detail);
  std::optional<Sizes> resolveDims(const ast::TypeExpr &type, Environment &env, bool bindSymbols);
  Value declareVariable(Variable variable, llvm::StringRef localName, SourceRange range, Environment &env);
  bool applyParamOptions(const ast::ParamStmt &param, Variable &variable, Environment &env);
  mlir::RankedTensorType stateType(const ast::StateStmt &state, Environment &env);
  std::function<mlir::Value()> initializerOf(const ast::Expr *init, Environment &env, mlir::RankedTensorType type,
                                             std::string path, SourceRange range);

  mlir::Type programFloat;
  uint64_t spent = 0;
  unsigned depth = 0;
  std::vector<ScanState *> scans; // in progress, the innermost last
  bool aborted = false;
};

/// Where the value of a body comes from: its last line, or all of it.
SourceRange resultRange(const ast::Expr &body);

} // namespace dlc::dsl

#endif
