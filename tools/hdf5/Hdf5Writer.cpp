#include "tools/hdf5/Hdf5Writer.h"
#include "tools/hdf5/Hdf5Handle.h"
#include <algorithm>

namespace dlc {
namespace {

using fit::ElementType;

constexpr char kSlots[] = "optimizer_weights";

void check(herr_t code, const std::string &name) {
  if (code < 0)
    throw Hdf5Problem("cannot write '" + name + "' into an HDF5 file", "write a .safetensors file");
}

// h5py's truth values: an enumeration {FALSE, TRUE} of bytes.
hid_t boolType() {
  hid_t type = H5Tenum_create(H5T_STD_I8LE);
  for (int8_t value : {0, 1})
    H5Tenum_insert(type, value ? "TRUE" : "FALSE", &value);
  return type;
}

hid_t halfType() {
  hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

Hdf5Type fileType(const fit::WeightTensor &tensor) {
  auto copy = [&](hid_t type) { return Hdf5Type(H5Tcopy(type), tensor.name); };
  switch (tensor.type) {
  case ElementType::F64:
    return copy(H5T_IEEE_F64LE);
  case ElementType::F32:
    return copy(H5T_IEEE_F32LE);
  case ElementType::F16:
    return Hdf5Type(halfType(), tensor.name);
  case ElementType::I64:
    return copy(H5T_STD_I64LE);
  case ElementType::I32:
    return copy(H5T_STD_I32LE);
  case ElementType::I16:
    return copy(H5T_STD_I16LE);
  case ElementType::I8:
    return copy(H5T_STD_I8LE);
  case ElementType::U64:
    return copy(H5T_STD_U64LE);
  case ElementType::U32:
    return copy(H5T_STD_U32LE);
  case ElementType::U16:
    return copy(H5T_STD_U16LE);
  case ElementType::U8:
    return copy(H5T_STD_U8LE);
  case ElementType::Bool:
    return Hdf5Type(boolType(), tensor.name);
  case ElementType::BF16:
    break;
  }
  throw Hdf5Problem("HDF5 has no type bf16 for '" + tensor.name + "'", "write a .safetensors file");
}

// Names of one length, as h5py makes of an array of bytes; Keras reads either.
void writeNames(hid_t object, const char *attribute, const std::vector<std::string> &names) {
  size_t longest = 1;
  for (const std::string &name : names)
    longest = std::max(longest, name.size());
  std::string text;
  for (std::string name : names) {
    name.resize(longest, '\0');
    text += name;
  }
  Hdf5Type type(H5Tcopy(H5T_C_S1), attribute);
  check(H5Tset_size(type, longest), attribute);
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), attribute);
  hsize_t count = names.size();
  Hdf5Space space(H5Screate_simple(1, &count, nullptr), attribute);
  Hdf5Attribute written(H5Acreate2(object, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT), attribute);
  if (count)
    check(H5Awrite(written, type, text.data()), attribute);
}

void writeDataset(hid_t file, const fit::WeightData &data) {
  const std::string &name = data.tensor.name;
  std::vector<hsize_t> sizes(data.tensor.shape.begin(), data.tensor.shape.end());
  Hdf5Space space(sizes.empty() ? H5Screate(H5S_SCALAR)
                                : H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr),
                  name);
  Hdf5Properties links(H5Pcreate(H5P_LINK_CREATE), name), creation(H5Pcreate(H5P_DATASET_CREATE), name);
  check(H5Pset_create_intermediate_group(links, 1), name);
  check(H5Pset_obj_track_times(creation, false), name); // the same bytes tomorrow
  Hdf5Type type = fileType(data.tensor);
  Hdf5Dataset dataset(H5Dcreate2(file, name.c_str(), type, space, links, creation, H5P_DEFAULT), name);
  if (!data.bytes.empty())
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.bytes.data()), name);
}

} // namespace

std::string hdf5FileBytes(const std::vector<fit::WeightData> &tensors) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  Hdf5Properties access(H5Pcreate(H5P_FILE_ACCESS), "a file");
  check(H5Pset_fapl_core(access, 1 << 20, false), "a file"); // in memory only
  Hdf5File file(H5Fcreate("weights.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access), "a file");
  std::vector<std::pair<std::string, std::vector<std::string>>> layers;
  for (const fit::WeightData &data : tensors) {
    writeDataset(file, data);
    size_t slash = std::min(data.tensor.name.find('/'), data.tensor.name.size());
    std::string layer = data.tensor.name.substr(0, slash);
    if (layer == kSlots || slash == data.tensor.name.size())
      continue;
    auto found = std::find_if(layers.begin(), layers.end(), [&](const auto &entry) { return entry.first == layer; });
    if (found == layers.end())
      found = layers.insert(layers.end(), {layer, {}});
    found->second.push_back(data.tensor.name.substr(slash + 1));
  }
  std::vector<std::string> names;
  for (const auto &[layer, weights] : layers) {
    names.push_back(layer);
    writeNames(Hdf5Group(H5Gopen2(file, layer.c_str(), H5P_DEFAULT), layer), "weight_names", weights);
  }
  writeNames(file, "layer_names", names);
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "a file");
  ssize_t size = H5Fget_file_image(file, nullptr, 0);
  check(size < 0 ? -1 : 0, "a file");
  std::string bytes(static_cast<size_t>(size), '\0');
  check(H5Fget_file_image(file, bytes.data(), bytes.size()) < 0 ? -1 : 0, "a file");
  return bytes;
}

} // namespace dlc
