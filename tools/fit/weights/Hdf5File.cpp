#include "tools/fit/weights/Hdf5File.h"
#include "tools/fit/Problem.h"
#include "tools/fit/weights/ChildProcess.h"
#include "tools/fit/weights/SafetensorsFile.h"
#include "tools/fit/weights/WeightNames.h"
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace dlc::fit {
namespace {

// Beside the program that runs; the environment variable DLC_HDF5 names another one.
std::string helperProgram() {
  namespace fs = std::filesystem;
  if (const char *chosen = std::getenv("DLC_HDF5"); chosen && *chosen)
    return chosen;
  std::error_code code;
  return (fs::read_symlink("/proc/self/exe", code).parent_path() / "dlc-hdf5").string();
}

// What dlc-hdf5 does is told by its first argument; tensors go through its streams as safetensors.
std::string runHelper(const std::string &path, const std::vector<std::string> &arguments, std::string_view input) {
  std::vector<std::string> command = {helperProgram()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ChildResult result = runChild(command, input);
  if (!result.signal && !result.exitCode)
    return std::move(result.output);
  std::string message = result.messages.substr(0, result.messages.find('\n')), remedy;
  if (size_t end = message.size() + 1; end < result.messages.size())
    remedy = result.messages.substr(end, result.messages.find('\n', end) - end);
  // Other codes come from the dynamic linker, or from a sanitizer.
  bool isOrdinary = !result.signal && result.exitCode == static_cast<int>(ExitCode::BadInput) && !message.empty();
  throw Problem(ExitCode::BadInput, path,
                isOrdinary ? message : "the HDF5 file is damaged: the HDF5 library failed on it",
                isOrdinary ? remedy : "copy or download the file again");
}

bool isSlot(const std::string &name) { return name.find(':') != std::string::npos; }

} // namespace

Hdf5File::Hdf5File(const std::string &path) : WeightsFile(path, "HDF5") {
  SafetensorsFile header(path, runHelper(path, {"list", path}, ""), SafetensorsFile::Extent::HeaderOnly);
  for (const WeightTensor &tensor : header.tensors())
    add(tensor);
  for (const auto &[entry, what] : header.metadata())
    rest.push_back({entry, what});
}

void Hdf5File::load(const std::vector<size_t> &indices, const Take &take) const {
  if (indices.empty())
    return;
  nlohmann::json wanted = nlohmann::json::array();
  for (size_t index : indices)
    wanted.push_back(all[index].name);
  SafetensorsFile found(path(), runHelper(path(), {"read", path()}, wanted.dump()));
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < found.tensors().size(); ++i)
    places[found.tensors()[i].name] = i;
  for (size_t index : indices) {
    auto place = places.find(all[index].name);
    if (place == places.end() || found.tensors()[place->second].type != all[index].type ||
        found.tensors()[place->second].shape != all[index].shape)
      damaged("'" + all[index].name + "' changed while it was read");
    take(index, found.bytesOfTensor(place->second));
  }
}

std::string hdf5Bytes(const std::string &path, const std::vector<WeightData> &tensors) {
  std::vector<WeightData> named = tensors;
  for (WeightData &data : named) {
    std::string name = data.tensor.name;
    data.tensor.name = isSlot(name) ? "optimizer_weights/" + name : kerasDataset(name);
  }
  return runHelper(path, {"write"}, safetensorsBytes(named));
}

} // namespace dlc::fit
