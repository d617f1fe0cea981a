// dlc-hdf5: HDF5 files for `dlc`, in a process of its own, since a damaged file can crash the HDF5 library or make it
// run forever. Tensors go through standard input and output as safetensors.
//   dlc-hdf5 list FILE    names, types and shapes: a header without data
//   dlc-hdf5 read FILE    the datasets that a JSON list on standard input names
//   dlc-hdf5 write        the tensors on standard input as an HDF5 file
// What goes wrong is on standard error: a line that says what, a line that says what to do. Exit code 1 then.
#include "tools/fit/ByteSource.h"
#include "tools/fit/Problem.h"
#include "tools/fit/weights/SafetensorsFile.h"
#include "tools/hdf5/Hdf5Reader.h"
#include "tools/hdf5/Hdf5Writer.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

using namespace dlc;

namespace {

constexpr size_t kMostInput = size_t(1) << 36;

// What a file of this size can need; sanitizers reserve more than that.
void limitResources(const std::string &path) {
  std::error_code code;
  uint64_t bytes = std::filesystem::file_size(path, code);
  if (code)
    bytes = 0;
  rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  rlim_t seconds = 30 + bytes / (20 << 20);
  rlimit time = {seconds, seconds};
  setrlimit(RLIMIT_CPU, &time);
#if !defined(__SANITIZE_ADDRESS__) && !defined(DLC_SANITIZED)
  rlim_t most = (rlim_t(2) << 30) + 8 * rlim_t(bytes);
  rlimit memory = {most, most};
  setrlimit(RLIMIT_AS, &memory);
#endif
}

void write(const std::string &bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size())
    throw Hdf5Problem("there is not enough memory", "");
}

void list(const std::string &path) {
  Hdf5Reader reader(path);
  write(fit::safetensorsHeader(reader.tensors(), reader.others()));
}

void readDatasets(const std::string &path) {
  nlohmann::json names = nlohmann::json::parse(fit::readWhole("-", kMostInput));
  Hdf5Reader reader(path);
  std::vector<fit::WeightTensor> wanted;
  for (const std::string name : names)
    for (const fit::WeightTensor &tensor : reader.tensors())
      if (tensor.name == name)
        wanted.push_back(tensor);
  write(fit::safetensorsHeader(wanted));
  for (const fit::WeightTensor &tensor : wanted)
    write(reader.read(tensor.name));
}

void writeFile() {
  fit::SafetensorsFile file("standard input", fit::readWhole("-", kMostInput));
  std::vector<fit::WeightData> tensors; // in the order of the data: that of the program
  std::vector<size_t> order(file.tensors().size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(file.bytesOfTensor(a).data(), a) < std::pair(file.bytesOfTensor(b).data(), b);
  });
  for (size_t i : order)
    tensors.push_back({file.tensors()[i], file.bytesOfTensor(i)});
  write(hdf5FileBytes(tensors));
}

} // namespace

int main(int argc, char **argv) {
  std::string verb = argc > 1 ? argv[1] : "", path = argc > 2 ? argv[2] : "";
  setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1); // read-only file systems have no locks
  try {
    if (verb == "list" || verb == "read") {
      limitResources(path);
      (verb == "list" ? list : readDatasets)(path);
    } else if (verb == "write") {
      writeFile();
    } else {
      std::fputs("this program is part of dlc: see `dlc weights --help`\n", stderr);
      return 2;
    }
    return std::fflush(stdout) ? 1 : 0;
  } catch (const Hdf5Problem &problem) {
    std::fprintf(stderr, "%s\n%s\n", problem.what(), problem.remedy().c_str());
  } catch (const fit::Problem &problem) {
    std::fprintf(stderr, "%s\n%s\n", problem.what(), problem.remedy().c_str());
  } catch (const std::bad_alloc &) {
    std::fputs("there is not enough memory for this HDF5 file\n", stderr);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
