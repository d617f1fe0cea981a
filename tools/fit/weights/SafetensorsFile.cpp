#include "tools/fit/weights/SafetensorsFile.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace dlc::fit {
namespace {

using nlohmann::json;

constexpr uint64_t kMostHeaderBytes = 100'000'000; // of the format itself
constexpr int kMostDepth = 3;                      // {tensor: {shape: [
constexpr size_t kLengthBytes = 8;

uint64_t readLength(std::string_view bytes) {
  uint64_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i)
    length |= uint64_t(static_cast<unsigned char>(bytes[i])) << 8 * i;
  return length;
}

std::optional<uint64_t> countOf(const json &value) {
  if (!value.is_number_unsigned())
    return std::nullopt;
  return value.get<uint64_t>();
}

std::optional<std::vector<uint64_t>> countsOf(const json &value) {
  std::vector<uint64_t> counts;
  for (const json &item : value.is_array() ? value : json::array({nullptr})) {
    std::optional<uint64_t> count = countOf(item);
    if (!count)
      return std::nullopt;
    counts.push_back(*count);
  }
  return counts;
}

} // namespace

bool looksLikeSafetensors(std::string_view firstBytes) {
  return firstBytes.size() > kLengthBytes && firstBytes[kLengthBytes] == '{' &&
         readLength(firstBytes) <= kMostHeaderBytes;
}

SafetensorsFile::SafetensorsFile(const std::string &path, std::string given, Extent extent)
    : WeightsFile(path, "safetensors"), bytes(std::move(given)) {
  if (bytes.size() < kLengthBytes)
    damaged("the file ends in the length of its header");
  uint64_t length = readLength(bytes), left = bytes.size() - kLengthBytes;
  if (length > left || length > kMostHeaderBytes)
    damaged("its header should have " + std::to_string(length) + " bytes, " + std::to_string(left) + " are left");
  dataBegin = kLengthBytes + length;
  readHeader(std::string_view(bytes).substr(kLengthBytes, length));
  if (extent == Extent::Whole)
    checkOffsets(left - length);
}

void SafetensorsFile::readHeader(std::string_view header) {
  std::set<std::string> keys;
  auto check = [&](int depth, json::parse_event_t event, json &value) {
    if (depth > kMostDepth)
      damaged("its header has lists in lists");
    if (event == json::parse_event_t::key && depth == 1 && !keys.insert(value.get<std::string>()).second)
      damaged("its header has the name '" + quotable(value.get<std::string>()) + "' twice");
    return true;
  };
  json entries = json::parse(header.begin(), header.end(), check, false);
  if (!entries.is_object())
    damaged("its header is not JSON");
  for (const auto &item : entries.items()) {
    const std::string &key = item.key();
    const json &entry = item.value();
    if (key == "__metadata__") {
      for (const auto &[name, text] : entry.items())
        texts[name] = text.is_string() ? text.get<std::string>() : text.dump();
      continue;
    }
    auto field = [&](const char *name) { return entry.is_object() && entry.contains(name) ? entry[name] : json(); };
    json dtype = field("dtype");
    std::optional<std::vector<uint64_t>> shape = countsOf(field("shape")), offsets = countsOf(field("data_offsets"));
    if (!dtype.is_string() || !shape || !offsets || offsets->size() != 2)
      damaged("'" + quotable(key) + "' has no dtype, shape and data_offsets");
    std::optional<ElementType> type = fromSafetensorsName(dtype.get<std::string>());
    uint64_t begin = (*offsets)[0], end = (*offsets)[1];
    if (type) {
      add({key, *type, *shape});
      if (begin > end || end - begin != *tensorBytes(*type, *shape))
        damaged("'" + quotable(key) + "' is " + quotable(tensorType(*type, *shape)) + " at the bytes " +
                std::to_string(begin) + " to " + std::to_string(end));
    } else { // such as 8-bit floats
      rest.push_back({key, "of type " + quotable(dtype.get<std::string>())});
    }
    (type ? ranges : otherRanges).push_back({begin, end});
  }
}

// Bytes that no tensor or two tensors name would be a hiding place; the format forbids both.
void SafetensorsFile::checkOffsets(uint64_t dataBytes) const {
  std::vector<std::pair<uint64_t, uint64_t>> inOrder = ranges;
  inOrder.insert(inOrder.end(), otherRanges.begin(), otherRanges.end());
  std::sort(inOrder.begin(), inOrder.end());
  uint64_t position = 0;
  for (const auto &[begin, end] : inOrder) {
    if (begin != position || end < begin)
      damaged("its tensors overlap or leave a gap at byte " + std::to_string(position) + " of the data");
    position = end;
  }
  if (position != dataBytes)
    damaged("its tensors have " + std::to_string(position) + " bytes, the file has " + std::to_string(dataBytes));
}

std::string_view SafetensorsFile::bytesOfTensor(size_t index) const {
  const auto &[begin, end] = ranges[index];
  return std::string_view(bytes).substr(dataBegin + begin, end - begin);
}

void SafetensorsFile::load(const std::vector<size_t> &indices, const Take &take) const {
  for (size_t index : indices)
    take(index, bytesOfTensor(index));
}

std::string safetensorsHeader(const std::vector<WeightTensor> &tensors,
                              const std::map<std::string, std::string> &metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty())
    header["__metadata__"] = metadata;
  uint64_t position = 0;
  for (const WeightTensor &tensor : tensors) {
    uint64_t end = position + tensorBytes(tensor.type, tensor.shape).value_or(0);
    header[tensor.name] = {
        {"dtype", safetensorsName(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' '); // tensors are aligned in memory
  std::string bytes;
  for (size_t i = 0; i < kLengthBytes; ++i)
    bytes += static_cast<char>(uint64_t(text.size()) >> 8 * i & 255);
  return bytes + text;
}

std::string safetensorsBytes(const std::vector<WeightData> &tensors) {
  std::vector<WeightTensor> descriptions;
  for (const WeightData &data : tensors)
    descriptions.push_back(data.tensor);
  std::string bytes = safetensorsHeader(descriptions);
  for (const WeightData &data : tensors)
    bytes += data.bytes;
  return bytes;
}

} // namespace dlc::fit
