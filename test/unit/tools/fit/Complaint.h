// The Problem that some code throws, as the user reads it.
#ifndef DLC_TEST_UNIT_TOOLS_FIT_COMPLAINT_H
#define DLC_TEST_UNIT_TOOLS_FIT_COMPLAINT_H

#include "tools/fit/Problem.h"
#include <gtest/gtest.h>
#include <string>

namespace dlc::test {

struct Complaint {
  fit::ExitCode code = fit::ExitCode::Success;
  std::string place, text, remedy;
};

template <typename Body> Complaint complaintOf(const Body &body) {
  try {
    body();
  } catch (const fit::Problem &problem) {
    return {problem.code(), problem.place(), problem.what(), problem.remedy()};
  }
  ADD_FAILURE() << "no Problem was thrown";
  return {};
}

} // namespace dlc::test

#endif
