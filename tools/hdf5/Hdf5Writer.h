// Writes tensors as an HDF5 file in the layout of Keras.
#ifndef DLC_TOOLS_HDF5_HDF5WRITER_H
#define DLC_TOOLS_HDF5_HDF5WRITER_H

#include "tools/fit/weights/WeightsFile.h"

namespace dlc {

/// The bytes of a file with a dataset for each tensor, at the path that is its name. The attribute `layer_names` of the
/// root lists the first parts of the names in order, `weight_names` of each such group the rests. The same tensors give
/// the same bytes. Throws an Hdf5Problem.
std::string hdf5FileBytes(const std::vector<fit::WeightData> &tensors);

} // namespace dlc

#endif
