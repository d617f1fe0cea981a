// Examples that were read, ready to be gathered into batches.
#ifndef DLC_TOOLS_FIT_DATASET_H
#define DLC_TOOLS_FIT_DATASET_H

#include "tools/fit/DataSpec.h"
#include "tools/fit/FunctionCall.h"
#include "tools/fit/Matrix.h"
#include <vector>

namespace dlc::fit {

/// One input or target of the model with its values for all examples.
struct PortData {
  std::string name;
  dlc_dtype dtype;
  uint32_t role;                 // of dlc_port
  std::vector<int64_t> rowShape; // of one example
  Matrix values;
  bool byPosition = false; // the columns are those of the table in their order: nothing names them
  size_t rowBytes() const; // of the port; the values may be kept in a smaller dtype, as pixels in bytes
};

/// What examples are called where they have names: files, sequences.
struct RowNames {
  std::string title; // "file", "id"
  std::vector<std::string> names;
};

/// Rows [begin, end) of a dataset.
struct RowRange {
  int64_t begin = 0, end = 0;
  int64_t count() const { return end - begin; }
};

class Dataset {
public:
  struct Options {
    bool allowNan = false;
    std::vector<std::string> classNames; // of a program that was trained before
    bool skipBad = false;                // leave out what cannot be read, where a reader can
    std::string words = {};              // of the training data, see words()
    double validationSplit = 0;          // this share of the rows, the last ones, is not for training
  };

  /// Reads what \p function of the program takes. Files named by several ports are read once. Throws a Problem: no
  /// source for a port, wrong number of columns, different numbers of rows.
  Dataset() = default;
  static Dataset read(const Program &program, const std::string &function, const DataSpec &spec,
                      const Options &options);

  /// Of ports that are in memory already, all of \p rows rows.
  Dataset(std::vector<PortData> ports, int64_t rows) : portData(std::move(ports)), rowCount(rows) {}

  int64_t rows() const { return rowCount; }
  const std::vector<PortData> &ports() const { return portData; }
  const PortData *find(const std::string &name) const;
  /// The only target, or null.
  const PortData *target() const;
  /// Names of the classes if the target's column held text.
  const std::vector<std::string> &classNames() const;
  std::string description() const;               // "38 rows of X_train.tsv.gz and y_train.tsv"
  std::string description(RowRange range) const; // "8 of 38 rows of …"
  const RowNames &rowNames() const { return names; }
  /// Files that Options::skipBad left out.
  const std::vector<std::string> &skipped() const { return skippedFiles; }
  /// The vocabulary, separated by spaces, if the reader made one.
  const std::string &words() const { return vocabulary; }

  /// Row i becomes what row order[i] is now; rows are named and placed as before. restoreOrder(): as they were read.
  /// All ports or, where a disk is full, none.
  void reorder(const std::vector<int64_t> &order);
  void restoreOrder();

  /// Copies example rows[0..count) of each input of \p call into \p buffers and sets them as inputs.
  void gather(FunctionCall &call, const int64_t *rows, int64_t count, std::vector<AlignedBuffer> &buffers) const;
  /// The two halves of it: copying, which another thread may do ahead, and setting.
  void fill(const FunctionCall &call, const int64_t *rows, int64_t count, std::vector<AlignedBuffer> &buffers) const;
  void setInputs(FunctionCall &call, int64_t count, std::vector<AlignedBuffer> &buffers) const;

private:
  const PortData &portOf(const dlc_port &input) const;
  void readFile(const PortSource &source, const std::vector<const dlc_port *> &wanted, const DataSpec &spec,
                const Options &options);
  void readTableFile(const std::string &file, const std::vector<const dlc_port *> &wanted, const DataSpec &spec,
                     const Options &options);
  std::vector<PortData> portData;
  int64_t rowCount = 0;
  RowNames names;
  std::vector<std::string> skippedFiles;
  std::string vocabulary;
};

/// The function that takes all data of training: train_step, or, where that takes features, eval_step.
std::string trainingDataFunction(const Program &program);

/// floor(rows * (1 - split)): as Keras, the rows that validation_split leaves for training. 0 to \p rows.
int64_t trainingRows(int64_t rows, double split);

/// Names of the inputs and targets of a function.
std::vector<std::string> portNames(const Program &program, const std::string &function);
/// "f32[batch, 7129]".
std::string portType(const dlc_port &port);

} // namespace dlc::fit

#endif
