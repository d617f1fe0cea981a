// Ctrl-C, SIGTERM and SIGHUP: the first asks the session to stop at a safe place, the second ends the process.
#ifndef DLC_TOOLS_FIT_INTERRUPT_H
#define DLC_TOOLS_FIT_INTERRUPT_H

namespace dlc::fit {

/// Catches the signals while it lives; one at a time. From the first guard on, a closed pipe is an error of writing and
/// no longer the end of the process.
class InterruptGuard {
public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard &) = delete;
  InterruptGuard &operator=(const InterruptGuard &) = delete;

  /// Nothing ends the process until the guard does: an impatient second Ctrl-C must not hit the saving.
  void saving();

  static bool requested();
  /// For tests: as if a signal had come.
  static void request();
};

} // namespace dlc::fit

#endif
