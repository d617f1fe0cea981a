// Safetensors: the length of a JSON header, the header, and the tensors' bytes one after another.
#ifndef DLC_TOOLS_FIT_WEIGHTS_SAFETENSORSFILE_H
#define DLC_TOOLS_FIT_WEIGHTS_SAFETENSORSFILE_H

#include "tools/fit/weights/WeightsFile.h"
#include <map>

namespace dlc::fit {

class SafetensorsFile : public WeightsFile {
public:
  enum class Extent { Whole, HeaderOnly };
  /// \p bytes: the whole file. Throws a Problem: anything but a header whose tensors fill the rest without a gap.
  SafetensorsFile(const std::string &path, std::string bytes, Extent extent = Extent::Whole);
  void load(const std::vector<size_t> &indices, const Take &take) const override;
  std::string_view bytesOfTensor(size_t index) const;
  /// The header's free texts.
  const std::map<std::string, std::string> &metadata() const { return texts; }

private:
  void readHeader(std::string_view header);
  void checkOffsets(uint64_t dataBytes) const;
  std::string bytes;
  uint64_t dataBegin = 0;
  std::vector<std::pair<uint64_t, uint64_t>> ranges, otherRanges; // in the data; of others()
  std::map<std::string, std::string> texts;
};

/// True for what can only be a safetensors file, whole or not.
bool looksLikeSafetensors(std::string_view firstBytes);

/// Tensors in the given order.
std::string safetensorsBytes(const std::vector<WeightData> &tensors);
/// What stands before the data.
std::string safetensorsHeader(const std::vector<WeightTensor> &tensors,
                              const std::map<std::string, std::string> &metadata = {});

} // namespace dlc::fit

#endif
