#include "runtime/core/DataType.h"

#include "runtime/abi/ProgramNumbers.h"

namespace dlc::runtime {
namespace {

struct Entry {
  const char *name;
  uint32_t bytes;
};
// In the order of the enum in dlc.h; 0 is no dtype.
constexpr Entry kTypes[] = {{"?", 0},  {"f32", 4}, {"f16", 2}, {"bf16", 2}, {"f64", 8},
                            {"i8", 1}, {"u8", 1},  {"i32", 4}, {"i64", 8},  {"bool", 1}};
// dlc.h is C and the file's numbers are C++, so each spells them.
static_assert(DLC_F32 == uint32_t(abi::DataType::F32) && DLC_BOOL == uint32_t(abi::DataType::Bool), "one numbering");
static_assert(DLC_PARAM == uint32_t(abi::VariableKind::Param) && DLC_SESSION == uint32_t(abi::VariableKind::Session),
              "one numbering");
static_assert(sizeof kTypes / sizeof *kTypes == DLC_BOOL + 1, "one entry for each dtype");

const Entry &entryOf(dlc_dtype dtype) { return kTypes[dtype <= DLC_BOOL ? dtype : 0]; }

} // namespace

uint32_t bytesOf(dlc_dtype dtype) { return entryOf(dtype).bytes; }
const char *nameOf(dlc_dtype dtype) { return entryOf(dtype).name; }

} // namespace dlc::runtime
