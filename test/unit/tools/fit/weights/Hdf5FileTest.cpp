// HDF5 files: what is written is read, and what is damaged is an error.
#include "tools/fit/weights/Hdf5File.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "test/unit/tools/fit/weights/WeightPrograms.h"
#include "tools/fit/weights/ChildProcess.h"
#include <csignal>

namespace dlc::test {
namespace {

using fit::ElementType;

class Hdf5FileTest : public testing::Test {
protected:
  std::string sampleBytes() const {
    static const std::vector<float> w = {1, 2, 3, 4, 5, 6}, b = {0.5, -0.0f, 7};
    return fit::hdf5Bytes("w.h5", {{{"dense_1/w", ElementType::F32, {2, 3}}, bytesOfFloats(w)},
                                   {{"dense_1/b", ElementType::F32, {3}}, bytesOfFloats(b)},
                                   {{"block/dense_1/w", ElementType::F16, {2}}, "abcd"},
                                   {{"count", ElementType::I64, {}}, std::string_view("\7\0\0\0\0\0\0\0", 8)},
                                   {{"mask", ElementType::Bool, {2}}, std::string_view("\0\1", 2)},
                                   {{"none", ElementType::U8, {0, 2}}, ""},
                                   {{"dense_1/w:adam/m", ElementType::F32, {3}}, bytesOfFloats(b)}});
  }
  TemporaryFolder folder;
};

TEST_F(Hdf5FileTest, WhatIsWrittenIsReadInTheLayoutOfKeras) {
  auto file = fit::WeightsFile::open(folder.write("w.h5", sampleBytes()));
  EXPECT_EQ(file->format(), "HDF5");
  std::map<std::string, std::string> contents = contentsOf(*file);
  EXPECT_EQ(contents["dense_1/dense_1/kernel:0"], "f32[2, 3]:" + std::string(bytesOfFloats({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(contents["dense_1/dense_1/bias:0"], "f32[3]:" + std::string(bytesOfFloats({0.5, -0.0f, 7})));
  EXPECT_EQ(contents["block/block/dense_1/kernel:0"], "f16[2]:abcd");
  EXPECT_EQ(contents["count:0"], "i64:" + std::string("\7\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(contents["mask:0"], "bool[2]:" + std::string("\0\1", 2));
  EXPECT_EQ(contents["none:0"], "u8[0, 2]:");
  EXPECT_EQ(contents["optimizer_weights/dense_1/w:adam/m"], "f32[3]:" + std::string(bytesOfFloats({0.5, -0.0f, 7})));
  EXPECT_EQ(contents.size(), 7u);
}

TEST_F(Hdf5FileTest, TheSameTensorsGiveTheSameBytes) { EXPECT_EQ(sampleBytes(), sampleBytes()); }

// Each try is a process, so only some lengths: all short ones, then steps.
TEST_F(Hdf5FileTest, AFileCutAnywhereIsAnError) {
  std::string bytes = sampleBytes();
  for (size_t size = 8; size < bytes.size(); size += size < 128 ? 8 : bytes.size() / 64) {
    std::string path = folder.write("cut.h5", std::string_view(bytes).substr(0, size));
    Complaint found = complaintOf([&] { contentsOf(*fit::WeightsFile::open(path)); });
    EXPECT_EQ(found.code, fit::ExitCode::BadInput) << size;
    EXPECT_EQ(found.place, path) << size;
  }
}

TEST_F(Hdf5FileTest, ChangedBytesAreErrorsOrOtherFiles) {
  std::string bytes = sampleBytes();
  for (size_t i = 8; i < bytes.size(); i += bytes.size() / 97) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(~changed[i]);
    std::string path = folder.write("changed.h5", changed);
    try {
      contentsOf(*fit::WeightsFile::open(path));
    } catch (const fit::Problem &problem) {
      EXPECT_EQ(problem.place(), path) << i;
    }
  }
}

TEST_F(Hdf5FileTest, AFailingChildIsReported) {
  fit::ChildResult result = fit::runChild({"/bin/sh", "-c", "cat; echo no >&2; exit 3"}, "input");
  EXPECT_EQ(result.output, "input");
  EXPECT_EQ(result.messages, "no\n");
  EXPECT_EQ(result.exitCode, 3);
  EXPECT_EQ(fit::runChild({"/bin/sh", "-c", "kill -SEGV $$"}, "").signal, SIGSEGV);
  Complaint found = complaintOf([] { fit::runChild({"/no/such/program"}, ""); });
  EXPECT_EQ(found.code, fit::ExitCode::Io);
  EXPECT_EQ(found.text, "cannot run the program: No such file or directory");
}

TEST_F(Hdf5FileTest, ACrashOfTheLibraryIsADamagedFile) {
  std::string path = folder.write("w.h5", sampleBytes()), program = folder.write("crash", "#!/bin/sh\nkill -SEGV $$\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  setenv("DLC_HDF5", program.c_str(), 1);
  Complaint found = complaintOf([&] { fit::WeightsFile::open(path); });
  unsetenv("DLC_HDF5");
  EXPECT_EQ(found.place, path);
  EXPECT_EQ(found.text, "the HDF5 file is damaged: the HDF5 library failed on it");
}

} // namespace
} // namespace dlc::test
