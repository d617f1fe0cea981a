// Readers of examples that are not tables of numbers: images, sequences, and what data sets are published as.
#ifndef DLC_TOOLS_FIT_EXAMPLEREADER_H
#define DLC_TOOLS_FIT_EXAMPLEREADER_H

#include "tools/fit/Dataset.h"
#include <optional>

namespace dlc::fit {

/// A port that reads from a file.
struct WantedPort {
  const dlc_port *port;
  std::vector<std::string> columns; // that the command line names; mostly none
};

/// One file, or several whose examples follow each other, and the ports that read from it.
struct ReaderInput {
  PortSource source;
  std::vector<WantedPort> ports;
  const DataSpec &spec;
  const Dataset::Options &options;
};

struct ReaderOutput {
  std::vector<PortData> ports; // as in ReaderInput
  RowNames names;
  std::vector<std::string> skipped;
  std::string words;
};

/// Throws a Problem that names the file and the place within it.
using ExampleReader = ReaderOutput (*)(const ReaderInput &);

/// LeCun's format of MNIST: big-endian, any rank.
ReaderOutput readIdx(const ReaderInput &input);
/// The binary version of CIFAR-10: records of a label and planes of red, green and blue.
ReaderOutput readCifar10(const ReaderInput &input);
/// A folder for each class, a table of files, or images themselves.
ReaderOutput readImages(const ReaderInput &input);
/// Arrays of NumPy, in a .npy file or by name in a .npz file.
ReaderOutput readArrays(const ReaderInput &input);
/// Whole numbers, letters or words, padded to one length.
ReaderOutput readSequences(const ReaderInput &input);

/// The reader of the recipe, or of what the file holds where the recipe has a table or nothing; null: a table.
ExampleReader readerOf(const ReaderInput &input);

// ---- for readers ----

/// Port data with name, type and role, without rows.
PortData emptyPort(const dlc_port &port);
/// Sets the sizes of one example and checks that they have \p elements. \p what: "images of 28x28". Throws a Problem.
void setRowShape(PortData &data, const dlc_port &port, const std::string &file, int64_t elements,
                 const std::string &what);
/// The target's type takes one number for an example.
bool isLabel(const dlc_port &port);
/// Elements of one example; nullopt: a size other than the batch is open.
std::optional<int64_t> fixedElements(const dlc_port &port);

} // namespace dlc::fit

#endif
