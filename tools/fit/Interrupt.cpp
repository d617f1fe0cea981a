#include "tools/fit/Interrupt.h"
#include <csignal>

namespace dlc::fit {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t interrupted = 0;
struct sigaction before[3];

extern "C" void onInterrupt(int) { interrupted = 1; }

} // namespace

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  struct sigaction action = {};
  action.sa_handler = onInterrupt;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND); // the second one works as everywhere
  for (int i = 0; i < 3; ++i) {
    sigaction(kSignals[i], nullptr, &before[i]);
    if (before[i].sa_handler != SIG_IGN) // nohup and the like
      sigaction(kSignals[i], &action, nullptr);
  }
  // Whoever reads the progress may go, as in `dlc train m.dl | head`: what is learned must be saved all the same.
  std::signal(SIGPIPE, SIG_IGN);
}

InterruptGuard::~InterruptGuard() {
  for (int i = 0; i < 3; ++i)
    sigaction(kSignals[i], &before[i], nullptr);
}

void InterruptGuard::saving() {
  for (int signal : kSignals)
    std::signal(signal, SIG_IGN);
}

bool InterruptGuard::requested() { return interrupted != 0; }
void InterruptGuard::request() { interrupted = 1; }

} // namespace dlc::fit
