// Which variable a tensor belongs to when no table says so: equal names, and the conventions of Keras.
#ifndef DLC_TOOLS_FIT_WEIGHTS_WEIGHTNAMES_H
#define DLC_TOOLS_FIT_WEIGHTS_WEIGHTNAMES_H

#include "tools/fit/Program.h"
#include <map>

namespace dlc::fit {

/// The layers of a program, ready for the names of a file. Rules: docs/keras.md.
class WeightNames {
public:
  explicit WeightNames(const Program &program);

  /// For each of \p tensors the variable's name, or "". All of a file's names are needed, since Keras counts layers of
  /// a kind from 0 and the first has no number.
  std::vector<std::string> match(const std::vector<std::string> &tensors) const;

private:
  struct Layer {
    std::string path;
    std::vector<dlc_variable> variables;
  };
  struct Place { // of a tensor: a kind of layer, its number (-1: none), and the weight in it
    std::string kind;
    int64_t number = -1;
    std::string weight;
    int64_t index = -1; // Keras 3 numbers the weights of a layer
  };
  std::optional<Place> placeOf(const std::string &tensor) const;
  std::map<int64_t, const Layer *> layersFor(const std::string &kind, const std::vector<int64_t> &numbers) const;
  std::string variableOf(const Layer &layer, const Place &place) const;

  const Program *program;
  std::map<std::string, Layer> layers;                                // by path
  std::map<std::string, std::map<int64_t, const Layer *>> kinds;      // "parent/dense" -> number -> layer
  std::map<std::string, std::map<int64_t, const Layer *>> kindsByUse; // "@dense": of that kind, whatever their names
};

/// The dataset of an exported Keras file for a variable: dense_1/w is dense_1/dense_1/kernel:0.
std::string kerasDataset(const std::string &variable);

} // namespace dlc::fit

#endif
