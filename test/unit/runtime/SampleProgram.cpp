#include "test/unit/runtime/SampleProgram.h"

#include <cstring>

namespace dlc::test {
namespace {

enum KernelIndex : uint32_t { kAdd, kIsFinite, kAddOne, kMode, kMark };

// rdi = buffers, rsi = symbols, rdx = begin, rcx = end. Made with clang from the text beside; the entries are at the
// offsets below.
constexpr uint8_t kMachineCode[] = {
    // add: c[i] = a[i] + b[i]
    0x48, 0x8b, 0x07,                   // mov rax, [rdi]
    0x4c, 0x8b, 0x47, 0x08,             // mov r8, [rdi+8]
    0x4c, 0x8b, 0x4f, 0x10,             // mov r9, [rdi+16]
    0x48, 0x39, 0xca,                   // cmp rdx, rcx
    0x7d, 0x16,                         // jge to ret
    0xf3, 0x0f, 0x10, 0x04, 0x90,       // movss xmm0, [rax+rdx*4]
    0xf3, 0x41, 0x0f, 0x58, 0x04, 0x90, // addss xmm0, [r8+rdx*4]
    0xf3, 0x41, 0x0f, 0x11, 0x04, 0x91, // movss [r9+rdx*4], xmm0
    0x48, 0xff, 0xc2,                   // inc rdx
    0xeb, 0xe5,                         // jmp to cmp
    0xc3,                               // ret
    // is_finite: ok = a[0] - a[0] is not NaN
    0x48, 0x8b, 0x07,       // mov rax, [rdi]
    0x4c, 0x8b, 0x47, 0x08, // mov r8, [rdi+8]
    0xf3, 0x0f, 0x10, 0x00, // movss xmm0, [rax]
    0xf3, 0x0f, 0x5c, 0xc0, // subss xmm0, xmm0
    0x0f, 0x2e, 0xc0,       // ucomiss xmm0, xmm0
    0x41, 0x0f, 0x9b, 0x00, // setnp [r8]
    0xc3,                   // ret
    // mode: store MXCSR
    0x48, 0x8b, 0x07, // mov rax, [rdi]
    0x0f, 0xae, 0x18, // stmxcsr [rax]
    0xc3,             // ret
    // mark: a[i] = begin
    0x48, 0x8b, 0x07,       // mov rax, [rdi]
    0x49, 0x89, 0xd0,       // mov r8, rdx
    0x48, 0x39, 0xca,       // cmp rdx, rcx
    0x7d, 0x09,             // jge to ret
    0x4c, 0x89, 0x04, 0xd0, // mov [rax+rdx*8], r8
    0x48, 0xff, 0xc2,       // inc rdx
    0xeb, 0xf2,             // jmp to cmp
    0xc3,                   // ret
};
constexpr int64_t kEntryOffsets[] = {0, 0x27, 0x3e, 0x45}; // of add, is_finite, mode, mark

std::unique_ptr<schema::LocationT> place(uint32_t line, const char *where) {
  auto location = std::make_unique<schema::LocationT>();
  location->line = line;
  location->column = 5;
  location->where = where;
  return location;
}

std::unique_ptr<schema::VariableT> variable(const char *name, dlc_variable_kind kind, dlc_dtype dtype,
                                            std::vector<int64_t> shape, uint64_t offset, uint64_t bytes) {
  auto result = std::make_unique<schema::VariableT>();
  result->name = name;
  result->kind = kind;
  result->dtype = dtype;
  result->shape = std::move(shape);
  result->offset = offset;
  result->bytes = bytes;
  result->trainable = kind == DLC_PARAM;
  result->location = place(3, "");
  return result;
}

std::unique_ptr<schema::KernelT> kernel(const char *name, uint32_t entry, std::pair<int64_t, int> parallel,
                                        int64_t flopsFactor, uint32_t outputsFrom) {
  auto result = std::make_unique<schema::KernelT>();
  result->name = name;
  result->kind = "elementwise";
  result->entry = entry;
  result->parallel = formula({parallel});
  result->grain = 4;
  result->flops = formula({{parallel.first * flopsFactor, parallel.second}});
  result->bytes = formula({{12 * parallel.first, parallel.second}});
  result->outputs_from = outputsFrom;
  result->location = place(5, "sum");
  return result;
}

std::unique_ptr<schema::PortT> port(const char *name, dlc_dtype dtype, uint32_t role,
                                    std::vector<std::pair<int64_t, int>> dims) {
  auto result = std::make_unique<schema::PortT>();
  result->name = name;
  result->dtype = dtype;
  result->role = role;
  for (auto dim : dims)
    result->dims.push_back(formula({dim}));
  return result;
}

std::unique_ptr<schema::BufferT> buffer(uint32_t kind, uint32_t index, dlc_dtype dtype, std::pair<int64_t, int> size) {
  auto result = std::make_unique<schema::BufferT>();
  result->kind = kind;
  result->index = index;
  result->dtype = dtype;
  result->size = formula({size});
  return result;
}

std::unique_ptr<schema::StepT> step(uint32_t kind, uint32_t kernelIndex, std::vector<uint32_t> arguments,
                                    uint32_t line) {
  auto result = std::make_unique<schema::StepT>();
  result->kind = kind;
  result->kernel = kernelIndex;
  result->args = std::move(arguments);
  result->location = place(line, "loss");
  if (kind == 1)
    result->reason = "the loss is not finite";
  return result;
}

std::unique_ptr<schema::SlotT> slot(std::pair<int64_t, int> size) {
  auto result = std::make_unique<schema::SlotT>();
  result->sizes.push_back(formula({size}));
  return result;
}

std::unique_ptr<schema::FunctionT> named(const char *name) {
  auto result = std::make_unique<schema::FunctionT>();
  result->name = name;
  return result;
}

std::unique_ptr<schema::FunctionT> predict() {
  auto f = named("predict");
  f->inputs.push_back(port("x", DLC_F32, 0, {{1, 1}, {4, 0}}));
  f->outputs.push_back(port("y", DLC_F32, 2, {{1, 1}, {4, 0}}));
  f->slots.push_back(slot({16, 1}));
  f->buffers.push_back(buffer(1, 0, DLC_F32, {16, 1}));
  f->buffers.push_back(buffer(3, 0, DLC_F32, {16, 1}));
  f->buffers.push_back(buffer(2, 0, DLC_F32, {16, 1}));
  f->steps.push_back(step(0, kAdd, {0, 0, 1}, 11));
  f->steps.push_back(step(0, kAdd, {1, 0, 2}, 12));
  return f;
}

std::unique_ptr<schema::FunctionT> trainStep() {
  auto f = named("train_step");
  f->inputs.push_back(port("x", DLC_F32, 0, {{1, 1}, {4, 0}}));
  f->inputs.push_back(port("t", DLC_F32, 1, {{1, 1}}));
  f->outputs.push_back(port("before", DLC_F32, 2, {{4, 0}}));
  f->slots.push_back(slot({1, 0}));
  f->buffers.push_back(buffer(0, 0, DLC_F32, {16, 0}));
  f->buffers.push_back(buffer(1, 0, DLC_F32, {16, 1}));
  f->buffers.push_back(buffer(2, 0, DLC_F32, {16, 0}));
  f->buffers.push_back(buffer(3, 0, DLC_BOOL, {1, 0}));
  f->buffers.push_back(buffer(4, 0, DLC_F32, {16, 0}));
  f->steps.push_back(step(2, 0, {0, 2}, 21));
  f->steps.push_back(step(0, kIsFinite, {1, 3}, 22));
  f->steps.push_back(step(1, 0, {3}, 23));
  f->steps.push_back(step(0, kAddOne, {0, 4, 0}, 24));
  return f;
}

std::unique_ptr<schema::FunctionT> mode() {
  auto f = named("mode");
  f->outputs.push_back(port("bits", DLC_I32, 2, {}));
  f->buffers.push_back(buffer(2, 0, DLC_I32, {4, 0}));
  f->steps.push_back(step(0, kMode, {0}, 31));
  return f;
}

std::unique_ptr<schema::FunctionT> split() {
  auto f = named("split");
  f->inputs.push_back(port("x", DLC_F32, 0, {{1, 1}}));
  f->outputs.push_back(port("begin", DLC_I64, 2, {{1, 1}}));
  f->buffers.push_back(buffer(2, 0, DLC_I64, {8, 1}));
  f->steps.push_back(step(0, kMark, {0}, 41));
  return f;
}

std::unique_ptr<schema::FunctionT> reset() {
  auto f = named("reset");
  f->buffers.push_back(buffer(4, 0, DLC_F32, {16, 0}));
  f->buffers.push_back(buffer(0, 0, DLC_F32, {16, 0}));
  f->steps.push_back(step(2, 0, {0, 1}, 51));
  return f;
}

} // namespace

Bytes sampleCode() {
  Bytes image(sizeof kEntryOffsets);
  for (size_t i = 0; i < std::size(kEntryOffsets); ++i) {
    int64_t offset = int64_t(sizeof kEntryOffsets) + kEntryOffsets[i];
    std::memcpy(&image[i * sizeof offset], &offset, sizeof offset);
  }
  image.insert(image.end(), std::begin(kMachineCode), std::end(kMachineCode));
  return image;
}

std::unique_ptr<schema::FormulaT> formula(std::vector<std::pair<int64_t, int>> terms) {
  auto result = std::make_unique<schema::FormulaT>();
  for (auto [coefficient, power] : terms) {
    auto term = std::make_unique<schema::TermT>();
    term->coefficient = coefficient;
    term->symbols.assign(size_t(power), 0);
    result->terms.push_back(std::move(term));
  }
  return result;
}

schema::ProgramT sampleHeader() {
  schema::ProgramT header;
  header.version = abi::kFormatVersion;
  header.name = "Sample";
  header.symbols = {"batch"};
  header.variables_bytes = 128;
  header.variables.push_back(variable("w", DLC_PARAM, DLC_F32, {4}, 0, 16));
  header.variables.push_back(variable("step", DLC_SESSION, DLC_I64, {}, 64, 8));
  header.kernels.push_back(kernel("add", 0, {4, 1}, 1, 2));
  header.kernels.push_back(kernel("is_finite", 1, {1, 0}, 1, 1));
  header.kernels.push_back(kernel("add_one", 0, {4, 0}, 1, 2));
  header.kernels.push_back(kernel("mode", 2, {1, 0}, 0, 0));
  header.kernels.push_back(kernel("mark", 3, {1, 1}, 1 << 20, 0));
  header.functions.push_back(predict());
  header.functions.push_back(trainStep());
  header.functions.push_back(mode());
  header.functions.push_back(split());
  header.functions.push_back(reset());
  auto target = std::make_unique<schema::TargetT>();
  target->level = "x86-64";
  target->vector_bits = 128;
  target->segment = 3;
  header.targets.push_back(std::move(target));
  auto source = std::make_unique<schema::SourceT>();
  source->path = "sample.dl";
  source->text = "model Sample { }\n";
  header.sources.push_back(std::move(source));
  auto metadata = std::make_unique<schema::MetadataT>();
  metadata->key = "recipe";
  metadata->value = "{\"epochs\":3}";
  header.metadata.push_back(std::move(metadata));
  return header;
}

std::vector<SegmentContents> sampleSegments(const schema::ProgramT &header) {
  Bytes variables(128), constants(16);
  const float weights[4] = {1, 2, 3, 4}, half[4] = {0.5, 0.5, 0.5, 0.5};
  const int64_t stepCount = 7;
  std::memcpy(variables.data(), weights, sizeof weights);
  std::memcpy(variables.data() + 64, &stepCount, sizeof stepCount);
  std::memcpy(constants.data(), half, sizeof half);
  return {{abi::kSegmentHeader, 0, packHeader(header)},
          {abi::kSegmentVariables, 0, variables},
          {abi::kSegmentConstants, 0, constants},
          {abi::kSegmentCode, 0, sampleCode()},
          {abi::kSegmentIr, 0, Bytes{'M', 'L', 'I', 'R'}}};
}

Bytes sampleFile(const schema::ProgramT &header) { return assemble(sampleSegments(header)); }

Loaded::Loaded(const Bytes &file, bool allowCode) {
  dlc_load_options options = {sizeof options, allowCode};
  status = dlc_load_memory(file.data(), file.size(), &options, &program, &error);
}

Call::Call(const Loaded &loaded, const char *function) : loaded_(loaded), function_(loaded.function(function)) {
  uint64_t bytes = dlc_variables_bytes(loaded.program);
  variables_.reset(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
  if (bytes)
    std::memcpy(variables_.get(), dlc_initial_variables(loaded.program), bytes);
  call.struct_size = sizeof call;
  call.variables = variables_.get();
}

Call &Call::input(const void *data, dlc_dtype dtype, std::vector<int64_t> shape) {
  shapes_.push_back(std::move(shape));
  inputs_.push_back(
      {const_cast<void *>(data), UINT64_MAX, dtype, uint32_t(shapes_.back().size()), shapes_.back().data()});
  call.input_count = uint32_t(inputs_.size());
  call.inputs = inputs_.data();
  return *this;
}

Call &Call::output(void *data, dlc_dtype dtype, std::vector<int64_t> shape) {
  shapes_.push_back(std::move(shape));
  outputs_.push_back({data, UINT64_MAX, dtype, uint32_t(shapes_.back().size()), shapes_.back().data()});
  call.output_count = uint32_t(outputs_.size());
  call.outputs = outputs_.data();
  return *this;
}

dlc_status Call::prepare() {
  prepared_ = true;
  uint64_t bytes = 0;
  dlc_status status = dlc_workspace_bytes(loaded_.program, function_, &call, &bytes, &error);
  if (status)
    return status;
  workspace_.reset(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
  call.workspace = workspace_.get();
  call.workspace_bytes = bytes;
  return workspace_ ? DLC_OK : DLC_OUT_OF_MEMORY;
}

dlc_status Call::run() {
  if (!prepared_)
    if (dlc_status status = prepare())
      return status;
  return dlc_run(loaded_.program, function_, &call, &error);
}

} // namespace dlc::test
