// The compiler's pipeline as one list. `--disable-pass=` takes a line out, `dlc-opt` runs a line alone.
#include "tools/driver/Phase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlc;

static constexpr PipelineStep kPipeline[] = {
    {Phase::Grad, "dlc-stabilize-gradients", "before differentiation: the rewritten form is the one whose gradient is stable", true},
    {Phase::Grad, "dlc-differentiate", "on the whole graph, so that gradients of gradients are ordinary graphs"},
    {Phase::Grad, "dlc-simplify-graph", "after differentiation, which leaves transposes, broadcasts and sums to fold"},

    {Phase::Fused, "dlc-form-fusion-groups", "on the simplified graph: what is gone needs no kernel"},
    {Phase::Fused, "dlc-outline-kernels", "groups become functions, equal ones the same function"},

    // Kernels only from here.
    {Phase::Linalg, "dlc-graph-to-linalg", "names of sizes end here: kernels take them as index arguments"},
    {Phase::Linalg, "canonicalize", "folds constants and unused results"},
    {Phase::Linalg, "cse", "equal producers are computed once"},
    {Phase::Vector, "dlc-vectorize-kernels", "writes the loops"},
    {Phase::Vector, "canonicalize", "folds index arithmetic"},
    {Phase::Vector, "cse", "shares it"},

    // Functions only from here.
    {Phase::Plan, "dlc-graph-to-plan", "values become buffers; in-place updates are decided here and nowhere else"},
    {Phase::Plan, "dlc-assign-buffers", "after the order of launches is final: lifetimes depend on it"},
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
