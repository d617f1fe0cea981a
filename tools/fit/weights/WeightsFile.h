// Named tensors of a file: safetensors, NumPy, HDF5 (Keras), or a program.
#ifndef DLC_TOOLS_FIT_WEIGHTS_WEIGHTSFILE_H
#define DLC_TOOLS_FIT_WEIGHTS_WEIGHTSFILE_H

#include "tools/fit/weights/ElementType.h"
#include <functional>
#include <memory>
#include <unordered_set>

namespace dlc::fit {

struct WeightTensor {
  std::string name;
  ElementType type;
  std::vector<uint64_t> shape;
};

/// Only names, types and shapes are in memory until load(). Files are checked when they are opened: sizes agree with
/// the file's, names are there once.
class WeightsFile {
public:
  virtual ~WeightsFile() = default;
  /// The contents decide what it is, not the name. Throws a Problem: unreadable (Io), no such format or damaged
  /// (BadInput).
  static std::unique_ptr<WeightsFile> open(const std::string &path);

  const std::string &path() const { return name; }
  const std::string &format() const { return kind; } // "safetensors"
  const std::vector<WeightTensor> &tensors() const { return all; }
  /// What is in the file but is no tensor of numbers: its name and what it is, "text".
  const std::vector<std::pair<std::string, std::string>> &others() const { return rest; }

  /// Gives the dense, row-major, little-endian bytes of each of \p indices to \p take; they live until it returns.
  using Take = std::function<void(size_t index, std::string_view bytes)>;
  virtual void load(const std::vector<size_t> &indices, const Take &take) const = 0;
  /// The same bytes of one tensor, in pieces of whole elements where the format has them so.
  virtual void loadPieces(size_t index, const std::function<void(std::string_view)> &take) const {
    load({index}, [&](size_t, std::string_view bytes) { take(bytes); });
  }

protected:
  WeightsFile(std::string name, std::string kind) : name(std::move(name)), kind(std::move(kind)) {}
  /// Throws a Problem: a name twice, too many axes, more bytes than can be counted.
  void add(WeightTensor tensor);
  [[noreturn]] void damaged(const std::string &text) const;

  std::string name, kind;
  std::vector<WeightTensor> all;
  std::vector<std::pair<std::string, std::string>> rest;

private:
  std::unordered_set<std::string> names;
};

/// The bytes of a tensor to be written, little-endian and row-major.
struct WeightData {
  WeightTensor tensor;
  std::string_view bytes;
};

/// Formats of the export by suffix: .safetensors, .npz, .h5 or .hdf5. Throws a Problem (Usage).
void checkWeightsSuffix(const std::string &path);
/// Writes atomically. Throws a Problem (Io).
void writeWeights(const std::string &path, const std::vector<WeightData> &tensors);

} // namespace dlc::fit

#endif
