// HDF5 files, such as those of Keras. The HDF5 library runs in a process of its own, `dlc-hdf5`: it is large, and a
// damaged file can crash it.
#ifndef DLC_TOOLS_FIT_WEIGHTS_HDF5FILE_H
#define DLC_TOOLS_FIT_WEIGHTS_HDF5FILE_H

#include "tools/fit/weights/WeightsFile.h"

namespace dlc::fit {

/// Datasets are named by their paths, without the first slash.
class Hdf5File : public WeightsFile {
public:
  explicit Hdf5File(const std::string &path);
  void load(const std::vector<size_t> &indices, const Take &take) const override;
};

/// A file in the layout of Keras: dense_1/w is the dataset dense_1/dense_1/kernel:0, and attributes list layers and
/// weights in order. Slots are below optimizer_weights. \p path: for messages.
std::string hdf5Bytes(const std::string &path, const std::vector<WeightData> &tensors);

} // namespace dlc::fit

#endif
