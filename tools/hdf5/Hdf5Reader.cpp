#include "tools/hdf5/Hdf5Reader.h"
#include "tools/fit/NumberText.h"
#include <algorithm>

namespace dlc {
namespace {

using fit::ElementType;
using fit::quotable;

constexpr size_t kMostObjects = 1 << 18, kMostDepth = 64, kMostAxes = 32;
// Deflate's largest ratio; what a fill value makes of nothing may be small only.
constexpr uint64_t kMostRatio = 1040, kMostUnstored = 1 << 16;

hid_t openReadOnly(const std::string &path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0); // no filters from outside
  return H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
}

hid_t makeHalf() {
  hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

hid_t signedType(size_t size) {
  return size == 8 ? H5T_STD_I64LE : size == 4 ? H5T_STD_I32LE : size == 2 ? H5T_STD_I16LE : H5T_STD_I8LE;
}
hid_t unsignedType(size_t size) {
  return size == 8 ? H5T_STD_U64LE : size == 4 ? H5T_STD_U32LE : size == 2 ? H5T_STD_U16LE : H5T_STD_U8LE;
}

ElementType wholeType(size_t size, bool isSigned) {
  constexpr ElementType kSigned[] = {ElementType::I8, ElementType::I16, ElementType::I32, ElementType::I64};
  constexpr ElementType kUnsigned[] = {ElementType::U8, ElementType::U16, ElementType::U32, ElementType::U64};
  size_t index = size == 8 ? 3 : size == 4 ? 2 : size == 2 ? 1 : 0;
  return isSigned ? kSigned[index] : kUnsigned[index];
}

// Names go through JSON.
bool isText(const std::string &name) { return !name.empty() && fit::isPrintable(name); }

herr_t collectNames(hid_t, const char *name, const H5L_info_t *, void *names) {
  auto &all = *static_cast<std::vector<std::string> *>(names);
  all.emplace_back(name);
  return all.size() > kMostObjects ? -1 : 0;
}

} // namespace

Hdf5Reader::Hdf5Reader(const std::string &path) : file(openReadOnly(path), "its beginning"), half(makeHalf(), "") {
  Hdf5Group root(H5Gopen2(file, "/", H5P_DEFAULT), "the first group");
  H5O_info_t info = {};
  if (H5Oget_info2(root, &info, H5O_INFO_BASIC) < 0)
    throw Hdf5Problem("the HDF5 file is damaged: the first group cannot be read");
  open.push_back(info.addr);
  visitGroup(root, "");
}

void Hdf5Reader::visitGroup(hid_t group, const std::string &prefix) {
  std::vector<std::string> links;
  hsize_t position = 0;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, collectNames, &links) < 0)
    throw Hdf5Problem("the HDF5 file is damaged: group '" + quotable(prefix) + "' cannot be read");
  std::sort(links.begin(), links.end());
  for (const std::string &link : links)
    visitLink(group, link, prefix + link);
}

void Hdf5Reader::visitLink(hid_t group, const std::string &link, const std::string &path) {
  if (++visited > kMostObjects || open.size() > kMostDepth)
    throw Hdf5Problem("the HDF5 file has too many groups, or too deep ones: " + std::to_string(kMostObjects) +
                      " objects and " + std::to_string(kMostDepth) + " levels are read");
  H5L_info_t info = {};
  if (H5Lget_info(group, link.c_str(), &info, H5P_DEFAULT) < 0)
    throw Hdf5Problem("the HDF5 file is damaged: '" + quotable(path) + "' cannot be read");
  if (!isText(link))
    throw Hdf5Problem("'" + quotable(path) + "' is a name that is not printable UTF-8", "rename it in the file");
  if (info.type == H5L_TYPE_SOFT) {
    rest[path] = "a soft link";
    return;
  }
  if (info.type != H5L_TYPE_HARD)
    throw Hdf5Problem("'" + quotable(path) + "' is a link to another file", "write the weights into one file");
  H5O_info_t object = {};
  if (H5Oget_info_by_name2(group, link.c_str(), &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
    throw Hdf5Problem("the HDF5 file is damaged: '" + quotable(path) + "' cannot be read");
  if (object.type == H5O_TYPE_GROUP) {
    if (std::find(open.begin(), open.end(), object.addr) != open.end())
      throw Hdf5Problem("group '" + quotable(path) + "' contains itself", "write the file again without the link");
    open.push_back(object.addr);
    Hdf5Group inner(H5Gopen2(group, link.c_str(), H5P_DEFAULT), "'" + quotable(path) + "'");
    visitGroup(inner, path + "/");
    open.pop_back();
  } else if (object.type == H5O_TYPE_DATASET) {
    addDataset(Hdf5Dataset(H5Dopen2(group, link.c_str(), H5P_DEFAULT), "'" + quotable(path) + "'"), path);
  } else {
    rest[path] = "a type";
  }
}

void Hdf5Reader::addDataset(hid_t dataset, const std::string &path) {
  std::string what;
  std::optional<Element> element = elementOf(dataset, what);
  Hdf5Space space(H5Dget_space(dataset), "'" + quotable(path) + "'");
  H5S_class_t kind = H5Sget_simple_extent_type(space);
  if (element && kind == H5S_NULL)
    what = "empty";
  int axes = kind == H5S_SIMPLE ? H5Sget_simple_extent_ndims(space) : 0;
  if (!element || kind == H5S_NULL) {
    rest[path] = what;
    return;
  }
  if (axes < 0 || size_t(axes) > kMostAxes)
    throw Hdf5Problem("the HDF5 file is damaged: the shape of '" + quotable(path) + "' cannot be read");
  std::vector<hsize_t> sizes(size_t(axes) + 1);
  if (axes && H5Sget_simple_extent_dims(space, sizes.data(), nullptr) < 0)
    throw Hdf5Problem("the HDF5 file is damaged: the shape of '" + quotable(path) + "' cannot be read");
  std::vector<uint64_t> shape(sizes.begin(), sizes.begin() + axes);
  std::optional<uint64_t> bytes = fit::tensorBytes(element->type, shape);
  if (!bytes)
    throw Hdf5Problem("'" + quotable(path) + "' has an impossible size");
  checkStorage(dataset, path, *bytes);
  all.push_back({path, element->type, std::move(shape)});
}

std::optional<Hdf5Reader::Element> Hdf5Reader::elementOf(hid_t dataset, std::string &what) const {
  Hdf5Type type(H5Dget_type(dataset), "the type of a dataset");
  size_t size = H5Tget_size(type);
  H5T_class_t kind = H5Tget_class(type);
  bool isSmall = size == 1 || size == 2 || size == 4 || size == 8;
  what = kind == H5T_STRING ? "text" : kind == H5T_COMPOUND ? "records with fields" : "of another type";
  if (kind == H5T_INTEGER && isSmall) {
    bool isSigned = H5Tget_sign(type) == H5T_SGN_2;
    return Element{wholeType(size, isSigned), isSigned ? signedType(size) : unsignedType(size)};
  }
  if (kind == H5T_FLOAT && size == 2) { // brain floats have no type of their own
    size_t sign, exponent, exponentBits, fraction, fractionBits;
    if (H5Tget_fields(type, &sign, &exponent, &exponentBits, &fraction, &fractionBits) >= 0 && exponentBits == 5)
      return Element{ElementType::F16, half};
  }
  if (kind == H5T_FLOAT && (size == 4 || size == 8))
    return Element{size == 4 ? ElementType::F32 : ElementType::F64, size == 4 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE};
  // h5py writes truth values as an enumeration of two bytes.
  if (kind == H5T_ENUM && size == 1 && H5Tget_nmembers(type) == 2)
    return Element{ElementType::Bool, -1};
  return std::nullopt;
}

// Before anything of the size that the file claims is allocated.
void Hdf5Reader::checkStorage(hid_t dataset, const std::string &name, uint64_t bytes) const {
  Hdf5Properties properties(H5Dget_create_plist(dataset), "'" + quotable(name) + "'");
  if (H5Pget_external_count(properties) != 0 || H5Pget_layout(properties) == H5D_VIRTUAL)
    throw Hdf5Problem("the elements of '" + quotable(name) + "' are in another file",
                      "write the weights into one file");
  int filters = H5Pget_nfilters(properties);
  bool isDeflated = false;
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, settings = 0;
    size_t values = 0;
    char text[64] = "";
    H5Z_filter_t filter =
        H5Pget_filter2(properties, unsigned(i), &flags, &values, nullptr, sizeof text, text, &settings);
    isDeflated |= filter == H5Z_FILTER_DEFLATE;
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      throw Hdf5Problem("'" + quotable(name) + "' went through the filter " +
                            (*text ? quotable(text) : std::to_string(filter)) +
                            "; gzip, shuffle and fletcher32 are read",
                        "write it again without compression, or with gzip");
  }
  uint64_t stored = H5Dget_storage_size(dataset), most = 0;
  if (__builtin_mul_overflow(stored, isDeflated ? kMostRatio : 1, &most))
    most = UINT64_MAX;
  if (bytes > std::max(most, kMostUnstored))
    throw Hdf5Problem("the HDF5 file is damaged: '" + quotable(name) + "' has " + std::to_string(bytes) +
                      " bytes, of which " + std::to_string(stored) + " are stored");
}

std::string Hdf5Reader::read(const std::string &name) const {
  auto found =
      std::find_if(all.begin(), all.end(), [&](const fit::WeightTensor &tensor) { return tensor.name == name; });
  if (found == all.end())
    throw Hdf5Problem("the file has no dataset '" + quotable(name) + "' any more");
  Hdf5Dataset dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), "'" + quotable(name) + "'");
  std::string what, bytes(fit::tensorBytes(found->type, found->shape).value_or(0), '\0');
  std::optional<Element> element = elementOf(dataset, what);
  Hdf5Type own(H5Dget_type(dataset), "the type of a dataset"); // of an enumeration; its elements are single bytes
  hid_t memoryType = element && element->memoryType >= 0 ? element->memoryType : hid_t(own);
  if (!bytes.empty() && H5Dread(dataset, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    throw Hdf5Problem("the HDF5 file is damaged: the elements of '" + quotable(name) + "' cannot be read");
  return bytes;
}

} // namespace dlc
