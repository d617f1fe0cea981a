// One function of a program, ready to be called again and again.
#ifndef DLC_TOOLS_FIT_FUNCTIONCALL_H
#define DLC_TOOLS_FIT_FUNCTIONCALL_H

#include "tools/fit/Program.h"

namespace dlc::fit {

/// Owns workspace and outputs, which grow to the largest batch seen. The program and the inputs must outlive it.
class FunctionCall {
public:
  /// Throws a Problem: no such function.
  FunctionCall(const Program &program, const std::string &function);

  size_t inputCount() const { return description.input_count; }
  const dlc_port &input(size_t index) const { return description.inputs[index]; }
  size_t outputCount() const { return description.output_count; }
  const dlc_port &output(size_t index) const { return description.outputs[index]; }
  std::optional<size_t> findOutput(const std::string &name) const;

  /// \p data: 64-byte aligned, dense, read by the next runs.
  void setInput(size_t index, void *data, const std::vector<int64_t> &shape);

  /// DLC_OK, DLC_NOT_FINITE or DLC_CANCELLED (then \p error says where); anything else is thrown as a Problem.
  dlc_status run(Variables &variables, const dlc_host *host, dlc_error &error, uint32_t flags = 0);
  /// The same where only success will do.
  void run(Variables &variables, const dlc_host *host = nullptr);

  const std::vector<int64_t> &outputShape(size_t index) const { return outputShapes[index]; }
  int64_t outputElements(size_t index) const;
  const void *outputData(size_t index) const { return outputs[index].data; }
  double outputNumber(size_t index, int64_t element = 0) const;
  uint64_t workspaceBytes() const { return call.workspace_bytes; }

private:
  void prepare(Variables &variables);
  const Program *program;
  uint32_t functionIndex;
  dlc_function description;
  dlc_call call = {};
  std::vector<dlc_tensor> inputs, outputs;
  std::vector<std::vector<int64_t>> inputShapes, outputShapes;
  std::vector<AlignedBuffer> buffers;
  AlignedBuffer workspace;
  bool prepared = false;
};

int64_t elementCount(const std::vector<int64_t> &shape);

} // namespace dlc::fit

#endif
