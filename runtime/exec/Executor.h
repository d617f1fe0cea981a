// Runs the steps of a function on memory that was checked.
#ifndef DLC_RUNTIME_EXEC_EXECUTOR_H
#define DLC_RUNTIME_EXEC_EXECUTOR_H

#include "runtime/exec/Memory.h"

namespace dlc::runtime {

class Executor {
public:
  Executor(const dlc_program &program, const Function &function, const dlc_call &call, const dlc_host &host,
           const CallTables &tables, dlc_error *error)
      : program_(program), function_(function), call_(call), host_(host), tables_(tables), error_(error) {}

  dlc_status run();

private:
  dlc_status checkSteps();
  bool checkLoop(const Step &step);
  dlc_status runSteps(uint32_t begin, uint32_t end);
  dlc_status loop(const Step &step, uint32_t index);
  dlc_status launch(const Step &step, uint32_t index);
  dlc_status checkFinite(const Step &step);
  dlc_status guard(const Step &step);
  void copy(const Step &step);

  const dlc_program &program_;
  const Function &function_;
  const dlc_call &call_;
  const dlc_host &host_;
  const CallTables &tables_;
  dlc_error *error_;
};

} // namespace dlc::runtime

#endif
