// Loading: what a good file gives, and what the errors say.
#include "test/unit/runtime/SampleProgram.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

std::string writeFile(const std::string &name, const Bytes &bytes) {
  std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(bytes.data()), long(bytes.size()));
  return path;
}

dlc_status loadPath(const std::string &path, Error &error) {
  dlc_load_options options = {sizeof options, 0};
  dlc_program *program = nullptr;
  dlc_status status = dlc_load(path.c_str(), &options, &program, &error);
  EXPECT_EQ(status == DLC_OK, program != nullptr);
  dlc_unload(program);
  return status;
}

TEST(LoadTest, DescribesTheProgram) {
  Loaded loaded(sampleFile());
  ASSERT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  const dlc_program *program = loaded.program;
  EXPECT_STREQ(dlc_program_name(program), "Sample");
  ASSERT_EQ(dlc_symbol_count(program), 1u);
  EXPECT_STREQ(dlc_symbol_name(program, 0), "batch");
  EXPECT_EQ(dlc_find_function(program, "mode"), 2);
  EXPECT_EQ(dlc_find_function(program, "nothing"), -1);
  EXPECT_EQ(dlc_find_variable(program, "step"), 1);
  EXPECT_STREQ(dlc_metadata(program, "recipe"), "{\"epochs\":3}");
  EXPECT_STREQ(dlc_metadata(program, "source:sample.dl"), "model Sample { }\n");
  EXPECT_EQ(dlc_metadata(program, "layers"), nullptr);
  EXPECT_EQ(dlc_segment_bytes(program, abi::kSegmentIr), 4u);
  EXPECT_EQ(std::memcmp(dlc_segment_data(program, abi::kSegmentIr), "MLIR", 4), 0);
  EXPECT_STREQ(dlc_target_level(program, 0), "x86-64");
}

TEST(LoadTest, DescribesFunctionsWithTheirFormulas) {
  Loaded loaded(sampleFile());
  dlc_function function;
  dlc_get_function(loaded.program, loaded.function("train_step"), &function);
  EXPECT_STREQ(function.name, "train_step");
  EXPECT_EQ(function.launch_count, 2u);
  ASSERT_EQ(function.input_count, 2u);
  EXPECT_STREQ(function.inputs[0].name, "x");
  EXPECT_EQ(function.inputs[1].role, 1u);
  EXPECT_EQ(function.inputs[0].dims[0].fixed, -1);
  EXPECT_STREQ(function.inputs[0].dims[0].formula, "batch");
  EXPECT_EQ(function.inputs[0].dims[1].fixed, 4);
  EXPECT_STREQ(function.inputs[0].dims[1].formula, "4");
  uint32_t index = loaded.function("train_step");
  ASSERT_EQ(dlc_step_count(loaded.program, index), 4u);
  EXPECT_EQ(dlc_step_kernel(loaded.program, index, 0), DLC_STEP_COPY);
  EXPECT_EQ(dlc_step_kernel(loaded.program, index, 1), 1);
  EXPECT_EQ(dlc_step_kernel(loaded.program, index, 2), DLC_STEP_GUARD);
  EXPECT_EQ(dlc_step_kernel(loaded.program, index, 4), DLC_STEP_NONE);
}

TEST(LoadTest, DescribesVariablesAndKernels) {
  Loaded loaded(sampleFile());
  dlc_variable variable;
  dlc_get_variable(loaded.program, 0, &variable);
  EXPECT_STREQ(variable.name, "w");
  EXPECT_EQ(variable.kind, uint32_t(DLC_PARAM));
  EXPECT_EQ(variable.bytes, 16u);
  EXPECT_STREQ(variable.file, "sample.dl");
  EXPECT_STREQ(variable.owner, "");
  dlc_kernel kernel;
  dlc_get_kernel(loaded.program, 0, &kernel);
  EXPECT_STREQ(kernel.name, "add");
  EXPECT_STREQ(kernel.flops, "4*batch");
  EXPECT_STREQ(kernel.bytes, "48*batch");
  EXPECT_STREQ(kernel.where, "sum");
  EXPECT_EQ(kernel.line, 5u);
}

TEST(LoadTest, AnswersWithNothingToQuestionsAboutNothing) {
  Loaded loaded(sampleFile());
  dlc_variable variable;
  dlc_get_variable(loaded.program, 99, &variable);
  EXPECT_EQ(variable.name, nullptr);
  dlc_function function;
  dlc_get_function(nullptr, 0, &function);
  EXPECT_EQ(function.name, nullptr);
  EXPECT_EQ(dlc_symbol_name(loaded.program, 1), nullptr);
  EXPECT_EQ(dlc_find_function(loaded.program, nullptr), -1);
  EXPECT_EQ(dlc_segment_data(loaded.program, 17), nullptr);
  dlc_unload(nullptr);
}

TEST(LoadTest, ReadsAFileAsWellAsMemory) {
  Error error;
  std::string path = writeFile("good.dlm", sampleFile());
  EXPECT_EQ(loadPath(path, error), DLC_OK) << error.text;
  std::remove(path.c_str());
}

TEST(LoadTest, NamesAFileThatIsNotThere) {
  Error error;
  EXPECT_EQ(loadPath("/nowhere/model.dlm", error), DLC_IO_ERROR);
  EXPECT_STREQ(error.text, "cannot open /nowhere/model.dlm: No such file or directory");
  EXPECT_EQ(error.code, uint32_t(DLC_IO_ERROR));
}

TEST(LoadTest, RefusesAFolderAndAnEmptyFile) {
  Error error;
  EXPECT_EQ(loadPath(testing::TempDir(), error), DLC_IO_ERROR);
  EXPECT_NE(std::strstr(error.text, "not a regular file"), nullptr) << error.text;
  std::string path = writeFile("empty.dlm", {});
  EXPECT_EQ(loadPath(path, error), DLC_CORRUPT_FILE);
  EXPECT_NE(std::strstr(error.text, "is empty"), nullptr) << error.text;
  std::remove(path.c_str());
}

TEST(LoadTest, RefusesSomethingElse) {
  Loaded loaded(Bytes(10000, 'x'));
  EXPECT_EQ(loaded.status, DLC_CORRUPT_FILE);
  EXPECT_STREQ(loaded.error.text, "the program in memory: not a dlc program: it does not start with DLCPROG1");
}

TEST(LoadTest, RefusesANewerFormat) {
  Bytes file = sampleFile();
  file[8] = 2;
  rehash(file);
  Loaded loaded(file);
  EXPECT_EQ(loaded.status, DLC_UNSUPPORTED);
  EXPECT_STREQ(loaded.error.text, "the program in memory: the file has format version 2, this runtime reads version 1");
}

TEST(LoadTest, KeepsSegmentsOfKindsThatItDoesNotKnow) {
  auto segments = sampleSegments(sampleHeader());
  segments.push_back({abi::SegmentKind(9), 3, Bytes(5000, 1)});
  Loaded loaded(assemble(segments));
  EXPECT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  EXPECT_EQ(dlc_segment_bytes(loaded.program, 9), 5000u);
}

TEST(LoadTest, SaysWhatToDoWhenNoCodeFits) {
  schema::ProgramT header = sampleHeader();
  header.targets[0]->level = "riscv64";
  Loaded loaded(sampleFile(header), true);
  EXPECT_EQ(loaded.status, DLC_UNSUPPORTED);
  EXPECT_NE(std::strstr(loaded.error.text, "the file has code for riscv64"), nullptr) << loaded.error.text;
  EXPECT_NE(std::strstr(loaded.error.text, "compile the model again"), nullptr) << loaded.error.text;
}

TEST(LoadTest, InspectsAFileWhoseCodeDoesNotFit) {
  schema::ProgramT header = sampleHeader();
  header.targets[0]->level = "riscv64";
  Loaded loaded(sampleFile(header), false);
  EXPECT_EQ(loaded.status, DLC_OK) << loaded.error.text;
}

TEST(LoadTest, RefusesNullAndShortArguments) {
  Error error;
  Bytes file = sampleFile();
  dlc_program *program = nullptr;
  dlc_load_options options = {sizeof options, 0}, unset = {0, 0};
  EXPECT_EQ(dlc_load(nullptr, &options, &program, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_load("x", nullptr, &program, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_load("x", &options, nullptr, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_load_memory(nullptr, 1, &options, &program, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_load_memory(file.data(), 0, &options, &program, &error), DLC_CORRUPT_FILE);
  EXPECT_EQ(dlc_load_memory(file.data(), file.size(), &unset, &program, &error), DLC_INVALID_ARGUMENT);
  EXPECT_NE(std::strstr(error.text, "struct_size is 0"), nullptr) << error.text;
  EXPECT_EQ(program, nullptr);
}

TEST(LoadTest, WritesNothingIntoAnErrorWhoseSizeIsNotSet) {
  dlc_error error;
  std::memset(&error, 0x55, sizeof error);
  error.struct_size = 4;
  dlc_load_options options = {sizeof options, 0};
  dlc_program *program;
  EXPECT_EQ(dlc_load("/nowhere", &options, &program, &error), DLC_IO_ERROR);
  EXPECT_EQ(error.text[0], 0x55);
  EXPECT_EQ(dlc_load("/nowhere", &options, &program, nullptr), DLC_IO_ERROR);
}

} // namespace
} // namespace dlc::test
