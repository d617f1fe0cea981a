// Builds the functions of one program from its model and train block.
#ifndef DLC_FRONTEND_DSL_PROGRAMELABORATOR_H
#define DLC_FRONTEND_DSL_PROGRAMELABORATOR_H

#include "frontend/dsl/Elaborator.h"
#include "frontend/dsl/Recipe.h"

namespace dlc::dsl {

class ProgramElaborator {
public:
  ProgramElaborator(mlir::ModuleOp module, SourceManager &sources, const LoadedProgram &program,
                    Diagnostics &diagnostics, const ElaborateOptions &options, mlir::Type floatType);

  /// False after errors.
  bool elaborate();

private:
  /// The differentiated step, as @train_step and @gradients share it.
  struct Backward {
    mlir::Value loss;
    Value output;
    std::vector<unsigned> params;             // the trainable ones
    llvm::SmallVector<mlir::Value> gradients; // one for each
  };

  // ---- names and options: Elaborator.cpp ----
  bool bindGlobals();
  bool bindDeclaration(const ast::Decl &decl, Environment &env, llvm::StringMap<SourceRange> &places);
  bool chooseModel();
  bool parseSettings();
  bool checkSettings();
  bool checkFreeze();
  void declareSession();
  void declareSessionVariable(llvm::StringRef name, mlir::Type type, const Value &initial);
  void setAttributes();
  void orderFunctions();
  void removeUncalled();

  // ---- the model: ElaborateModel.cpp ----
  /// Builds one public function: \p body in a fresh scope with \p run; false after errors.
  bool build(llvm::StringRef name, Run &run, SourceRange place, llvm::function_ref<bool()> body);
  Run makeRun(llvm::StringRef purpose, SourceRange place) const;
  std::optional<std::vector<Value>> addInputs(llvm::ArrayRef<ast::Parameter> parameters, llvm::StringRef attribute);
  bool checkBatchAxis(const ast::Parameter &parameter, mlir::RankedTensorType type);
  Value callModel(llvm::ArrayRef<Value> inputs);
  bool elaboratePredict();
  bool elaborateFit();
  bool elaborateInit();
  std::vector<std::pair<std::string, mlir::Value>> namedOutputs(const Value &output);
  bool checkSameVariables(const Run &training, const Run &inference);
  bool initialize(unsigned variable, bool recordsAll);

  // ---- training: ElaborateTrain.cpp ----
  bool elaborateTrainStep();
  bool elaborateEvalStep();
  bool elaborateGradients();
  bool augment(std::vector<Value> &inputs, std::vector<Value> &targets);
  /// \p isWeighed: with the recipe's class weights, which count in training only.
  /// What a note on errors within the loss or a metric says.
  std::string lossAndMetricContext(const Value &output, llvm::ArrayRef<Value> targets) const;
  bool checkTarget(const Value &output, llvm::ArrayRef<Value> targets);
  mlir::Value lossOf(llvm::ArrayRef<Value> inputs, const Value &output, llvm::ArrayRef<Value> targets, bool isWeighed);
  mlir::Value penalized(mlir::Value loss);
  std::optional<Backward> backward(llvm::ArrayRef<Value> inputs, llvm::ArrayRef<Value> targets);
  void guardFinite(const Backward &backward);

  // ---- the optimizer: ElaborateOptimizer.cpp ----
  void declareHypers();
  Environment *hyperScope();
  void addScheduledRate(std::vector<std::pair<std::string, mlir::Value>> &outputs, Environment &hypers);
  bool prepareGradients(Backward &backward, Environment &hypers);
  bool updateParams(const Backward &backward, Environment &hypers);
  bool updateParam(unsigned param, mlir::Value gradient, Environment &hypers);

  // ---- averages of the parameters: ElaborateAverages.cpp ----
  /// From here on the function being built reads the weights behind the averages.
  void trainRawWeights();
  void updateAverages();
  unsigned rawVariable(unsigned param);

  // ---- metrics: ElaborateMetrics.cpp ----
  bool updateMetrics(mlir::Value loss, const Value &output, llvm::ArrayRef<Value> targets);
  bool updateMetric(const MetricEntry &metric, const Value &output, const Value &target, mlir::Value count);
  bool accumulate(llvm::StringRef name, mlir::Value value, mlir::Value weight, SourceRange range);
  mlir::Value perExampleMean(const Value &value, SourceRange range, const llvm::Twine &what);
  Value evaluateMetric(const MetricEntry &metric, const Value &output, const Value &target, bool isResult);
  bool elaborateMetricsReset();
  bool elaborateMetricsResult();
  unsigned metricVariable(llvm::StringRef name, SourceRange range);

  SourceRange lossRange() const { return recipe->loss.range; }
  static Value packed(llvm::ArrayRef<Value> values);

  const LoadedProgram &program;
  const ElaborateOptions &options;
  mlir::ModuleOp module;
  Interpreter interpreter;
  Environment *builtins, *library, *globals;
  std::deque<Declaration> declarations;
  std::deque<ast::Module> settingModules; // own the expressions of --set
  std::vector<RecipeSetting> settings;
  unsigned runs = 0; // begun so far
  const Declaration *model = nullptr;
  const ast::TrainDecl *train = nullptr;
  std::optional<Recipe> recipe;
  std::vector<LayerSummary> layers;
  std::optional<Run> trainingRun; // of @train_step: rule 7 compares its variables
  bool hasFitBlock = false;
  llvm::MapVector<unsigned, mlir::Value> averages; // of the parameters, before the step
  /// Prediction and target as the last step saw them: their types serve @metrics_result.
  Value metricOutput, metricTarget;
};

} // namespace dlc::dsl

#endif
