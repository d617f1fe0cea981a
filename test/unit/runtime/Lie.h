// A program file that lies in one field.
#ifndef DLC_TEST_UNIT_RUNTIME_LIE_H
#define DLC_TEST_UNIT_RUNTIME_LIE_H

#include "test/unit/runtime/ProgramFile.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>

namespace dlc::test {

/// A header with one false field, and a part of what the reader must say of it.
struct Lie {
  const char *name;
  std::function<void(schema::ProgramT &)> tell;
  const char *message;
};
inline std::string nameOfLie(const testing::TestParamInfo<Lie> &info) { return info.param.name; }

} // namespace dlc::test

#endif
