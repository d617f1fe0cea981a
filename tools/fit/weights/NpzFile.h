// NumPy's files: .npz, a zip archive of arrays, and .npy, one array.
#ifndef DLC_TOOLS_FIT_WEIGHTS_NPZFILE_H
#define DLC_TOOLS_FIT_WEIGHTS_NPZFILE_H

#include "tools/fit/weights/NpyArray.h"
#include "tools/fit/weights/WeightsFile.h"
#include "tools/fit/weights/ZipArchive.h"

namespace dlc::fit {

/// Arrays are named as their members, without ".npy".
class NpzFile : public WeightsFile {
public:
  NpzFile(const std::string &path, RandomAccessBytes bytes);
  void load(const std::vector<size_t> &indices, const Take &take) const override;
  void loadPieces(size_t index, const std::function<void(std::string_view)> &take) const override;

private:
  ZipArchive archive;
  std::vector<std::pair<ZipMember, NpyHeader>> arrays;
};

/// The array has the name of the file, without its suffix.
class NpyFile : public WeightsFile {
public:
  NpyFile(const std::string &path, RandomAccessBytes bytes);
  void load(const std::vector<size_t> &indices, const Take &take) const override;
  void loadPieces(size_t index, const std::function<void(std::string_view)> &take) const override;

private:
  RandomAccessBytes bytes;
  NpyHeader header;
};

std::string npzBytes(const std::vector<WeightData> &tensors);

} // namespace dlc::fit

#endif
