// The compiler's pipeline as one list. `--disable-pass=` takes a line out, `dlc-opt` runs a line alone.
#include "tools/driver/Phase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlc;

static constexpr PipelineStep kPipeline[] = {
    // Before differentiation: the rewritten form is the one whose gradient is stable.
    {Phase::Grad, "dlc-stabilize-gradients", /*onFunctions=*/true},
    // Before differentiation: the gradients of what is outside of a loop are outside as well.
    {Phase::Grad, "dlc-hoist-scan-products"},
    // On the whole graph, so that gradients of gradients are ordinary graphs.
    {Phase::Grad, "dlc-differentiate"},
    // After differentiation, which leaves transposes, broadcasts and sums to fold.
    {Phase::Grad, "dlc-simplify-graph"},
    // On the simplified graph, where what the frozen layers give to the others is few values.
    {Phase::Grad, "dlc-cache-frozen-features", /*onFunctions=*/false, /*onRequest=*/true},

    // On the simplified graph: what is gone needs no kernel.
    {Phase::Fused, "dlc-form-fusion-groups"},
    // Groups become functions, equal ones the same function.
    {Phase::Fused, "dlc-outline-kernels"},

    // Kernels only from here. Names of sizes end: kernels take them as index arguments.
    {Phase::Linalg, "dlc-graph-to-linalg"},
    // Folds constants and unused results; equal producers are computed once.
    {Phase::Linalg, "canonicalize"},
    {Phase::Linalg, "cse"},
    // Writes the loops.
    {Phase::Vector, "dlc-vectorize-kernels"},
    // Folds index arithmetic and shares it.
    {Phase::Vector, "canonicalize"},
    {Phase::Vector, "cse"},

    // Functions only from here. Values become buffers; in-place updates are decided here and nowhere else.
    {Phase::Plan, "dlc-graph-to-plan"},
    // After the order of launches is final: lifetimes depend on it.
    {Phase::Plan, "dlc-assign-buffers"},
};

llvm::ArrayRef<PipelineStep> dlc::pipeline() { return kPipeline; }

static constexpr llvm::StringLiteral kNames[] = {"source", "ast",  "graph", "grad", "fused", "linalg",
                                                 "vector", "llvm", "asm",   "obj",  "plan",  "program"};

std::optional<Phase> dlc::parsePhase(llvm::StringRef name) {
  const auto *found = llvm::find(kNames, name);
  if (found == std::end(kNames))
    return std::nullopt;
  return static_cast<Phase>(found - std::begin(kNames));
}

llvm::StringRef dlc::nameOf(Phase phase) { return kNames[static_cast<size_t>(phase)]; }
