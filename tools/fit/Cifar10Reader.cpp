// CIFAR-10, binary version: records of one label and 32 x 32 pixels in planes of red, green and blue.
#include "tools/fit/CellValue.h"
#include "tools/fit/ConvertElements.h"
#include "tools/fit/ExampleReader.h"
#include "tools/fit/LineReader.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include "tools/fit/RowSelection.h"
#include <algorithm>
#include <optional>

namespace dlc::fit {
namespace {

constexpr int64_t kPixels = 32 * 32, kRecord = 1 + 3 * kPixels;

// The records of all files, one after the other.
class Cifar10Files {
public:
  explicit Cifar10Files(const PortSource &source) : files(source.further) { files.insert(files.begin(), source.file); }

  bool next(unsigned char *record);
  const std::string &file() const { return source->path(); }

private:
  std::vector<std::string> files;
  std::optional<ByteSource> source;
  size_t opened = 0;
  int64_t inFile = 0; // records read of the open file
};

bool Cifar10Files::next(unsigned char *record) {
  while (true) {
    if (!source) {
      if (opened == files.size())
        return false;
      source.emplace(files[opened++], "a file of records");
      inFile = 0;
    }
    size_t got = 0;
    while (got < kRecord) {
      size_t more = source->read(reinterpret_cast<char *>(record) + got, kRecord - got);
      if (!more)
        break;
      got += more;
    }
    if (got == kRecord) {
      if (record[0] > 9)
        throw Problem(ExitCode::BadInput, file(),
                      "record " + std::to_string(inFile) + " has the label " + std::to_string(record[0]) +
                          ", expected 0 to 9",
                      "give files of the binary version of CIFAR-10, such as data_batch_1.bin");
      ++inFile;
      return true;
    }
    if (got || !inFile)
      throw Problem(ExitCode::BadInput, file(),
                    inFile || got ? "the file ends within record " + std::to_string(inFile) + " (records have " +
                                        std::to_string(kRecord) + " bytes)"
                                  : "the file is empty",
                    "copy or download it again; expected the binary version of CIFAR-10");
    if (opened == files.size())
      return false;
    source.reset();
  }
}

// `records = [3, 1]` or a file with a number on every line; empty: all, in the files' order.
std::vector<int64_t> wantedRecords(const DataSpec &spec) {
  std::vector<int64_t> records;
  ReaderOptions options(spec);
  if (!options.has("records"))
    return records;
  const nlohmann::json &value = spec.options["records"];
  if (value.is_array()) {
    for (const nlohmann::json &item : value) {
      if (!item.is_number_integer() || item < 0)
        options.fail("records", "a file or a list of record numbers, which count from 0");
      records.push_back(item);
    }
  } else {
    LineReader lines(options.text("records"));
    for (std::string_view line; lines.next(line);) {
      int64_t record = 0;
      if (parseCell(line, DLC_I64, &record) != CellFault::None || record < 0)
        throw Problem(ExitCode::BadInput, lines.place(),
                      "expected the number of a record, found '" + quotable(line) + "'",
                      "write one number on each line, from 0 on");
      records.push_back(record);
    }
  }
  if (records.empty())
    options.fail("records", "a file or a list with at least one record number");
  return records;
}

// Where the record goes; empty: nowhere.
using Places = std::vector<std::pair<int64_t, int64_t>>; // record, row

Places placesOf(const std::vector<int64_t> &records, const RowSelection &rows) {
  Places places;
  for (size_t row = 0; row < records.size(); ++row)
    if (int64_t i = static_cast<int64_t>(row); i >= rows.first() && (rows.last() < 0 || i < rows.last()))
      places.emplace_back(records[row], i - rows.first());
  std::sort(places.begin(), places.end());
  return places;
}

void storeRecord(const unsigned char *record, PortData &data, int64_t row) {
  Matrix &matrix = data.values;
  auto *to = reinterpret_cast<uint8_t *>(matrix.data.data()) + row * matrix.width();
  if (data.role == 1) {
    *to = record[0];
    return;
  }
  for (int64_t pixel = 0; pixel < kPixels; ++pixel)
    for (int64_t channel = 0; channel < 3; ++channel)
      to[3 * pixel + channel] = record[1 + channel * kPixels + pixel];
  matrix.data.touched(static_cast<size_t>(row * matrix.width()), static_cast<size_t>(matrix.width()));
}

} // namespace

ReaderOutput readCifar10(const ReaderInput &input) {
  ReaderOutput output;
  for (const WantedPort &wanted : input.ports) {
    PortData data = emptyPort(*wanted.port);
    setRowShape(data, *wanted.port, input.source.file, data.role == 1 ? 1 : 3 * kPixels,
                data.role == 1 ? "one class number for an example" : "images of 32 x 32 x 3");
    data.values.dtype = DLC_U8;
    if (data.role == 1)
      data.values.columns = {data.name};
    output.ports.push_back(std::move(data));
  }
  Cifar10Files files(input.source);
  RowSelection rows(input.spec);
  std::vector<int64_t> records = wantedRecords(input.spec);
  Places places = placesOf(records, rows);
  int64_t count = records.empty() ? 0 : static_cast<int64_t>(places.size());
  for (PortData &data : output.ports)
    data.values.data.resize(static_cast<size_t>(count * data.values.width()));
  unsigned char record[kRecord];
  int64_t number = 0;
  auto place = places.begin();
  for (; (records.empty() || place != places.end()) && files.next(record); ++number) {
    if (!records.empty()) {
      for (; place != places.end() && place->first == number; ++place)
        for (PortData &data : output.ports)
          storeRecord(record, data, place->second);
      continue;
    }
    RowSelection::Answer answer = rows.next();
    if (answer == RowSelection::Answer::Done)
      break;
    if (answer == RowSelection::Answer::Skip)
      continue;
    for (PortData &data : output.ports) {
      data.values.data.extend(static_cast<size_t>(data.values.width()));
      storeRecord(record, data, count);
    }
    ++count;
  }
  while (files.next(record)) { // what is not CIFAR-10 mostly shows at the end
  }
  if (records.empty())
    rows.finish(input.source.file);
  else if (place != places.end())
    throw Problem(ExitCode::BadInput, input.source.file,
                  "there is no record " + std::to_string(place->first) + ", only " + plural(number, "record"),
                  "records count from 0");
  else if (!count || rows.last() > static_cast<int64_t>(records.size()))
    throw Problem(ExitCode::BadInput, input.source.file,
                  "`rows` goes beyond the " + plural(static_cast<int64_t>(records.size()), "record") + " of `records`",
                  "lower the end of the range");
  for (PortData &data : output.ports)
    data.values.rows = count;
  return output;
}

} // namespace dlc::fit
