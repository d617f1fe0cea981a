// Ctrl-C and SIGTERM: the first asks the session to stop at a safe place, the second ends the process.
#ifndef DLC_TOOLS_FIT_INTERRUPT_H
#define DLC_TOOLS_FIT_INTERRUPT_H

namespace dlc::fit {

/// Catches the signals while it lives; one at a time.
class InterruptGuard {
public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard &) = delete;
  InterruptGuard &operator=(const InterruptGuard &) = delete;

  static bool requested();
  /// For tests: as if a signal had come.
  static void request();
};

} // namespace dlc::fit

#endif
