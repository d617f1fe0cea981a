// A small program made by hand, with kernels in machine code: what the tests of the runtime load, run and damage.
//
//   symbols    batch
//   variables  w f32[4] = {1, 2, 3, 4}, step i64 = 7
//   constants  half f32[4] = {0.5, 0.5, 0.5, 0.5}
//   predict(x: f32[batch, 4]) -> y: f32[batch, 4]              y = 3 x
//   train_step(x: f32[batch, 4], t: f32[batch]) -> before: f32[4]
//                                  before = w; guard x[0, 0] is finite; w += half
//   mode() -> bits: i32            the floating-point mode (MXCSR) that kernels see
//   split(x: f32[batch]) -> begin: i64[batch]     begin[i] = the first index of the task that i was computed in
//   reset()                        w = half, by a copy: runs without native code
#ifndef DLC_TEST_UNIT_RUNTIME_SAMPLEPROGRAM_H
#define DLC_TEST_UNIT_RUNTIME_SAMPLEPROGRAM_H

#include "runtime/include/dlc/dlc.h"
#include "test/unit/runtime/ProgramFile.h"

#include <cstdlib>
#include <memory>
#include <string>

namespace dlc::test {

/// Native code of the sample's kernels; entries of its table: add, is_finite, mode, mark.
Bytes sampleCode();
/// The header; change it and give it to sampleFile to see what the reader says.
schema::ProgramT sampleHeader();
/// The segments that belong to it.
std::vector<SegmentContents> sampleSegments(const schema::ProgramT &header);
Bytes sampleFile(const schema::ProgramT &header = sampleHeader());

/// "2*batch+1" out of {coefficient, number of times that symbol 0 is a factor}.
std::unique_ptr<schema::FormulaT> formula(std::vector<std::pair<int64_t, int>> terms);

/// Whether the kernels of the sample can run here.
constexpr bool canRunSample() {
#if defined(__x86_64__)
  return true;
#else
  return false;
#endif
}

struct Error : dlc_error {
  Error() : dlc_error() { struct_size = sizeof(dlc_error); }
};

/// A program that is unloaded at the end.
class Loaded {
public:
  explicit Loaded(const Bytes &file, bool allowCode = canRunSample());
  ~Loaded() { dlc_unload(program); }
  Loaded(const Loaded &) = delete;
  Loaded &operator=(const Loaded &) = delete;
  uint32_t function(const char *name) const { return uint32_t(dlc_find_function(program, name)); }

  Error error;
  dlc_status status;
  dlc_program *program = nullptr;
};

/// One call of a function with memory of its own; change any field of `call` before run().
class Call {
public:
  Call(const Loaded &loaded, const char *function);

  Call &input(const void *data, dlc_dtype dtype, std::vector<int64_t> shape);
  Call &output(void *data, dlc_dtype dtype, std::vector<int64_t> shape);
  /// Asks for the workspace once, then runs.
  dlc_status run();
  dlc_status prepare();

  float *weights() { return static_cast<float *>(call.variables); }

  dlc_call call = {};
  Error error;

private:
  struct Aligned {
    void operator()(void *memory) const { free(memory); }
  };

  const Loaded &loaded_;
  uint32_t function_;
  bool prepared_ = false;
  std::vector<std::vector<int64_t>> shapes_;
  std::vector<dlc_tensor> inputs_, outputs_;
  std::unique_ptr<void, Aligned> variables_, workspace_;
};

} // namespace dlc::test

#endif
