#include "tools/fit/weights/WeightsFile.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ByteSource.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/weights/Hdf5File.h"
#include "tools/fit/weights/NpzFile.h"
#include "tools/fit/weights/ProgramWeights.h"
#include "tools/fit/weights/SafetensorsFile.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace dlc::fit {
namespace {

constexpr size_t kMostBytes = size_t(1) << 36; // of a file
constexpr size_t kMostAxes = 32, kMostTensors = 1 << 20;

constexpr char kKnown[] = "known are .safetensors, .npz, .npy, .h5 (Keras) and .dlm files";

bool startsWith(std::string_view text, std::string_view begin) { return text.substr(0, begin.size()) == begin; }

// Decides by the first bytes; an empty file has none. Pipes and devices cannot be read twice.
std::string firstBytes(const std::string &path) {
  struct stat status;
  if (stat(path.c_str(), &status))
    throw Problem(ExitCode::Io, path, std::string("cannot read the file: ") + std::strerror(errno),
                  errno == ENOENT
                      ? "paths in a .dl file are relative to that file, on the command line to the working directory"
                      : "");
  if (!S_ISREG(status.st_mode))
    throw Problem(ExitCode::Io, path,
                  S_ISDIR(status.st_mode) ? "expected a file, found a directory" : "expected a regular file",
                  "give the name of a file");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Problem(ExitCode::Io, path, std::string("cannot read the file: ") + std::strerror(errno));
  std::string begin(64, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<size_t>(file.gcount()));
  return begin;
}

[[noreturn]] void failUnknown(const std::string &path, const std::string &begin) {
  if (!begin.empty() && begin[0] == '\x80')
    throw Problem(ExitCode::BadInput, path, "is a pickle of Python, which could run any code when read",
                  "write the weights as .safetensors, .npz or .h5");
  throw Problem(ExitCode::BadInput, path,
                begin.empty() ? "the file is empty" : "is no file of weights, or its beginning is damaged", kKnown);
}

} // namespace

void WeightsFile::damaged(const std::string &text) const {
  throw Problem(ExitCode::BadInput, name, "the " + kind + " file is damaged: " + text,
                "copy or download the file again");
}

void WeightsFile::add(WeightTensor tensor) {
  if (!names.insert(tensor.name).second)
    damaged("it has '" + quotable(tensor.name) + "' twice");
  if (tensor.shape.size() > kMostAxes)
    damaged("'" + quotable(tensor.name) + "' has " + std::to_string(tensor.shape.size()) + " axes, at most " +
            std::to_string(kMostAxes) + " are possible");
  if (!tensorBytes(tensor.type, tensor.shape))
    damaged("'" + quotable(tensor.name) + "' has an impossible size, " +
            quotable(tensorType(tensor.type, tensor.shape)));
  if (all.size() == kMostTensors)
    damaged("it has more than " + std::to_string(kMostTensors) + " tensors");
  all.push_back(std::move(tensor));
}

std::unique_ptr<WeightsFile> WeightsFile::open(const std::string &path) {
  std::string begin = firstBytes(path), suffix = std::filesystem::path(path).extension().string();
  if (startsWith(begin, "\x89HDF\r\n\x1a\n"))
    return std::make_unique<Hdf5File>(path);
  if (startsWith(begin, "DLCPROG"))
    return std::make_unique<ProgramWeights>(path);
  if (startsWith(begin, "\x93NUMPY"))
    return std::make_unique<NpyFile>(path, RandomAccessBytes::ofFile(path));
  if (startsWith(begin, "PK\3\4") || startsWith(begin, "PK\5\6"))
    return std::make_unique<NpzFile>(path, RandomAccessBytes::ofFile(path));
  if (looksLikeSafetensors(begin) || (suffix == ".safetensors" && begin.size() <= 8 && !begin.empty()))
    return std::make_unique<SafetensorsFile>(path, readWhole(path, kMostBytes));
  failUnknown(path, begin);
}

void checkWeightsSuffix(const std::string &path) {
  std::string suffix = std::filesystem::path(path).extension().string();
  if (suffix != ".safetensors" && suffix != ".npz" && suffix != ".h5" && suffix != ".hdf5")
    throw Problem(ExitCode::Usage, path, "the suffix says in which format to write: .safetensors, .npz, .h5 or .hdf5");
}

void writeWeights(const std::string &path, const std::vector<WeightData> &tensors) {
  checkWeightsSuffix(path);
  std::string suffix = std::filesystem::path(path).extension().string();
  writeAtomically(path, suffix == ".safetensors" ? safetensorsBytes(tensors)
                        : suffix == ".npz"       ? npzBytes(tensors)
                                                 : hdf5Bytes(path, tensors));
}

} // namespace dlc::fit
