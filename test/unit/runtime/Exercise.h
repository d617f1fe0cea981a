// Does everything with a program that a host may do with one that it does not trust.
#ifndef DLC_TEST_UNIT_RUNTIME_EXERCISE_H
#define DLC_TEST_UNIT_RUNTIME_EXERCISE_H

#include "runtime/include/dlc/dlc.h"

namespace dlc::test {

/// Asks every question, reads every answer to its end, and calls every function with batches of 0, 1 and 3. The
/// program was loaded without allow_code, so only copies and guards run.
void exercise(const dlc_program *program);

} // namespace dlc::test

#endif
