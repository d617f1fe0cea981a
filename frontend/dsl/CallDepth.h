// The stack of calls in progress.
#ifndef DLC_FRONTEND_DSL_CALLDEPTH_H
#define DLC_FRONTEND_DSL_CALLDEPTH_H

#include "frontend/dsl/Interpreter.h"

namespace dlc::dsl {

/// Keeps a frame on the stack while it lives; false, after an error, when calls are too deep.
class CallDepth {
public:
  CallDepth(Interpreter &interpreter, Frame frame, SourceRange range) : interpreter(interpreter) {
    if (interpreter.frames.size() >= kMaxCalls) {
      interpreter.abort(range, "calls are nested more than " + llvm::Twine(kMaxCalls) + " deep; does " + frame.what +
                                   " call itself without end?");
      return;
    }
    interpreter.frames.push_back(std::move(frame));
    entered = true;
  }
  ~CallDepth() {
    if (entered)
      interpreter.frames.pop_back();
  }
  CallDepth(const CallDepth &) = delete;
  CallDepth &operator=(const CallDepth &) = delete;
  explicit operator bool() const { return entered; }

private:
  Interpreter &interpreter;
  bool entered = false;
};

} // namespace dlc::dsl

#endif
