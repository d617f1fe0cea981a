#include "tools/fit/Dataset.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ConvertElements.h"
#include "tools/fit/ExampleReader.h"
#include "tools/fit/LineReader.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include "tools/fit/TableColumns.h"
#include <algorithm>
#include <cmath>
#include <filesystem>

namespace dlc::fit {
namespace {

const char *roleText(uint32_t role) { return role == 1 ? "target" : "input"; }

// Sizes of one example. A symbol other than the batch takes what the columns leave, if it is the only one.
std::vector<int64_t> rowShapeOf(const dlc_port &port, int64_t columns) {
  int64_t known = 1;
  size_t open = 0;
  for (uint32_t i = 1; i < port.rank; ++i) {
    known *= port.dims[i].fixed >= 0 ? port.dims[i].fixed : 1;
    open += port.dims[i].fixed < 0;
  }
  std::vector<int64_t> shape;
  for (uint32_t i = 1; i < port.rank; ++i)
    shape.push_back(port.dims[i].fixed >= 0 ? port.dims[i].fixed : open == 1 && known ? columns / known : 1);
  return shape;
}

void checkColumns(const dlc_port &port, const Matrix &matrix, const std::vector<int64_t> &rowShape) {
  int64_t wanted = elementCount(rowShape), found = static_cast<int64_t>(matrix.columns.size());
  if (wanted == found)
    return;
  std::string name = port.name;
  std::string remedy = found > wanted
                           ? "name the columns: " + name + "=FILE:first..last or " + name +
                                 "=FILE:-column for all but one; the columns are " + listNames(matrix.columns, 8)
                           : "the columns are " + listNames(matrix.columns, 8);
  if (found > wanted && matrix.columns[0].empty())
    remedy = "the first column has no name: it looks like row names, leave it out when the table is written";
  throw Problem(ExitCode::BadInput, matrix.file,
                std::string(roleText(port.role)) + " " + name + ": " + portType(port) + " takes " +
                    plural(wanted, "column") + ", the table gives " + std::to_string(found),
                remedy);
}

ColumnSelection selectionFor(const dlc_port &port, const PortSource &source, const Dataset::Options &options) {
  ColumnSelection selection;
  selection.purpose = port.name;
  selection.columns = source.columns;
  selection.dtype = port.dtype;
  selection.labels = port.role == 1 && !isFloat(port.dtype);
  selection.knownLabels = options.classNames;
  return selection;
}

// Tables to predict from are given one by one (the specification has no name): the recipe only helps with columns.
bool isUsable(const PortSource &source, const DataSpec &spec) { return source.fromHere || !spec.name.empty(); }

// Labels and lengths come with the examples where nothing else is said.
DataSpec completed(DataSpec spec, const dlc_function &function) {
  const PortSource *first = nullptr;
  for (uint32_t i = 0; i < function.input_count && !first; ++i) {
    auto found = spec.ports.find(function.inputs[i].name);
    if (function.inputs[i].role == 0 && found != spec.ports.end() && isUsable(found->second, spec))
      first = &found->second;
  }
  bool isByPort = spec.reader == "table" || spec.reader == "idx" || spec.reader == "npy" || spec.reader == "npz";
  if (!first || isByPort)
    return spec;
  PortSource source = *first;
  source.columns.clear();
  for (uint32_t i = 0; i < function.input_count; ++i) {
    PortSource &own = spec.ports[function.inputs[i].name];
    if (own.file.empty() || !isUsable(own, spec))
      own = source;
  }
  return spec;
}

const PortSource &sourceOf(const dlc_port &port, const DataSpec &spec, const std::string &place) {
  auto found = spec.ports.find(port.name);
  if (found != spec.ports.end() && isUsable(found->second, spec))
    return found->second;
  if (spec.name.empty())
    throw Problem(ExitCode::Usage, place,
                  std::string("nothing says where input ") + port.name + " (" + portType(port) + ") comes from",
                  std::string("give it as ") + port.name + "=FILE");
  std::string option = spec.name == "validation" || spec.name == "test" ? spec.name : "data";
  throw Problem(ExitCode::BadInput, place,
                spec.name + ": nothing says where " + roleText(port.role) + " " + port.name + " (" + portType(port) +
                    ") comes from",
                "give it with --" + option + " " + port.name + "=FILE, or in the recipe: " + spec.name + " = " +
                    spec.reader + "(" + port.name + " = \"FILE\")");
}

// A folder may be written with a slash at its end.
std::string nameOfFile(const std::string &path) {
  std::filesystem::path file(path);
  return (file.has_filename() ? file : file.parent_path()).filename().string();
}

// A list, or a file with a name on every line.
std::vector<std::string> classNamesOf(const DataSpec &spec) {
  if (spec.options.contains(kLearnedClasses))
    return ReaderOptions(spec).texts(kLearnedClasses);
  if (!spec.options.contains("classes"))
    return {};
  if (!spec.options["classes"].is_string())
    return ReaderOptions(spec).texts("classes");
  std::vector<std::string> classes;
  LineReader lines(spec.options["classes"]);
  for (std::string_view line; lines.next(line);) {
    if (line.empty() || !isPrintable(line))
      throw Problem(ExitCode::BadInput, lines.place(), "expected the name of a class, found '" + quotable(line) + "'",
                    "write one name on each line, in the order of the class numbers");
    classes.emplace_back(line);
  }
  return classes;
}

void checkNames(const DataSpec &spec, const std::vector<std::string> &names) {
  for (const auto &[name, source] : spec.ports)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Problem(ExitCode::BadInput, "recipe", spec.name + ": the model has no input or target '" + name + "'",
                    suggestName(name, names, "it has "));
}

} // namespace

std::string portType(const dlc_port &port) {
  std::string text = nameOf(port.dtype);
  for (uint32_t i = 0; i < port.rank; ++i)
    text += (i ? ", " : "[") + std::string(port.dims[i].formula);
  return text + (port.rank ? "]" : "");
}

std::vector<std::string> portNames(const Program &program, const std::string &function) {
  dlc_function description = program.function(function);
  std::vector<std::string> names;
  for (uint32_t i = 0; i < description.input_count; ++i)
    names.push_back(description.inputs[i].name);
  return names;
}

size_t PortData::rowBytes() const { return static_cast<size_t>(elementCount(rowShape)) * bytesOf(dtype); }

void Dataset::readFile(const PortSource &source, const std::vector<const dlc_port *> &wanted, const DataSpec &spec,
                       const Options &options) {
  ReaderInput input = {source, {}, spec, options};
  std::vector<size_t> indices;
  for (size_t i = 0; i < wanted.size(); ++i)
    if (sourceOf(*wanted[i], spec, source.file).file == source.file) {
      indices.push_back(i);
      input.ports.push_back({wanted[i], sourceOf(*wanted[i], spec, source.file).columns});
    }
  ExampleReader read = readerOf(input);
  if (!read)
    return readTableFile(source.file, wanted, spec, options);
  ReaderOutput output = read(input);
  for (size_t i = 0; i < indices.size(); ++i)
    portData[indices[i]] = std::move(output.ports[i]);
  if (names.names.empty())
    names = std::move(output.names);
  skippedFiles.insert(skippedFiles.end(), output.skipped.begin(), output.skipped.end());
  if (!output.words.empty())
    vocabulary = std::move(output.words);
}

void Dataset::readTableFile(const std::string &file, const std::vector<const dlc_port *> &wanted, const DataSpec &spec,
                            const Options &options) {
  std::vector<ColumnSelection> selections;
  std::vector<size_t> indices;
  for (size_t i = 0; i < wanted.size(); ++i)
    if (sourceOf(*wanted[i], spec, file).file == file) {
      indices.push_back(i);
      selections.push_back(selectionFor(*wanted[i], sourceOf(*wanted[i], spec, file), options));
    }
  // Columns of ports that this function does not take still are not left to the others.
  for (const auto &entry : spec.ports) {
    bool taken =
        std::any_of(wanted.begin(), wanted.end(), [&](const dlc_port *port) { return entry.first == port->name; });
    if (!taken && entry.second.file == file && !entry.second.columns.empty())
      selections.push_back({entry.first, entry.second.columns, DLC_I64, false, {}, true});
  }
  std::vector<Matrix> matrices = readTable(file, selections, {options.allowNan, RowSelection(spec)});
  for (size_t i = 0; i < indices.size(); ++i) {
    const dlc_port &port = *wanted[indices[i]];
    PortData &data = portData[indices[i]];
    data.rowShape = rowShapeOf(port, static_cast<int64_t>(matrices[i].columns.size()));
    checkColumns(port, matrices[i], data.rowShape);
    data.name = port.name;
    data.dtype = port.dtype;
    data.role = port.role;
    data.values = std::move(matrices[i]);
    data.byPosition = selections[i].columns.empty();
  }
}

std::string trainingDataFunction(const Program &program) {
  return program.has("features") ? "eval_step" : "train_step";
}

Dataset Dataset::read(const Program &program, const std::string &function, const DataSpec &givenSpec,
                      const Options &given) {
  Options options = given;
  const DataSpec spec = completed(givenSpec, program.function(function));
  if (options.classNames.empty())
    options.classNames = classNamesOf(spec);
  dlc_function description = program.function(function);
  // Names are checked against the training step if there is one: a recipe's y is fine for predict.
  checkNames(spec, portNames(program, program.has("train_step") ? trainingDataFunction(program) : function));
  std::vector<const dlc_port *> wanted;
  std::vector<const PortSource *> sources;
  for (uint32_t i = 0; i < description.input_count; ++i) {
    const dlc_port &port = description.inputs[i];
    if (!port.rank)
      throw Problem(ExitCode::BadInput, program.path(), std::string("input ") + port.name + " has no batch dimension");
    wanted.push_back(&port);
    const PortSource &source = sourceOf(port, spec, program.path());
    if (std::none_of(sources.begin(), sources.end(), [&](auto *other) { return other->file == source.file; }))
      sources.push_back(&source);
  }
  Dataset dataset;
  dataset.portData.resize(wanted.size());
  for (const PortSource *source : sources)
    dataset.readFile(*source, wanted, spec, options);
  for (const PortData &port : dataset.portData) {
    const PortData &first = dataset.portData.front();
    if (port.values.rows != first.values.rows)
      throw Problem(ExitCode::BadInput, port.values.file,
                    port.name + " has " + plural(port.values.rows, "row") + ", but " + first.name + " (" +
                        first.values.file + ") has " + std::to_string(first.values.rows),
                    "row i of both files must be the same example");
  }
  // Names that the recipe gives to class numbers.
  for (PortData &port : dataset.portData)
    if (port.role == 1 && port.values.labels.empty() && given.classNames.empty() && !isFloat(port.dtype))
      port.values.labels = options.classNames;
  dataset.rowCount = dataset.portData.empty() ? 0 : dataset.portData.front().values.rows;
  return dataset;
}

int64_t trainingRows(int64_t rows, double split) {
  return static_cast<int64_t>(std::floor(static_cast<double>(rows) * (1.0 - split)));
}

void Dataset::reorder(const std::vector<int64_t> &order) {
  auto origins = std::make_shared<std::vector<int64_t>>();
  for (int64_t row : order)
    origins->push_back(portData.empty() ? row : portData.front().values.origin(row));
  std::vector<RowStorage> moved(portData.size());
  for (size_t i = 0; i < portData.size(); ++i) {
    size_t bytes = static_cast<size_t>(elementCount(portData[i].rowShape)) * bytesOf(portData[i].values.dtype);
    moved[i].resize(0);
    for (int64_t row : order)
      portData[i].values.data.read(static_cast<size_t>(row) * bytes, bytes, moved[i].extend(bytes));
  }
  std::vector<std::string> movedNames;
  if (!names.names.empty())
    for (int64_t row : order)
      movedNames.push_back(names.names[static_cast<size_t>(row)]);
  // Nothing fails any more: rows of different ports never belong to different orders.
  for (size_t i = 0; i < portData.size(); ++i) {
    portData[i].values.data = std::move(moved[i]);
    portData[i].values.origins = origins;
  }
  names.names = std::move(movedNames);
}

void Dataset::restoreOrder() {
  if (portData.empty() || !portData.front().values.origins)
    return;
  std::vector<int64_t> order(static_cast<size_t>(rowCount));
  for (int64_t row = 0; row < rowCount; ++row)
    order[static_cast<size_t>(portData.front().values.origin(row))] = row;
  reorder(order);
  for (PortData &port : portData)
    port.values.origins.reset();
}

const PortData *Dataset::find(const std::string &name) const {
  for (const PortData &port : portData)
    if (port.name == name)
      return &port;
  return nullptr;
}

const PortData *Dataset::target() const {
  const PortData *found = nullptr;
  for (const PortData &port : portData)
    if (port.role == 1) {
      if (found)
        return nullptr;
      found = &port;
    }
  return found;
}

const std::vector<std::string> &Dataset::classNames() const {
  static const std::vector<std::string> none;
  const PortData *port = target();
  return port ? port->values.labels : none;
}

std::string Dataset::description(RowRange range) const {
  return (range.count() < rowCount ? std::to_string(range.count()) + " of " : "") + description();
}

std::string Dataset::description() const {
  std::string files;
  std::vector<std::string> seen;
  for (const PortData &port : portData)
    if (std::find(seen.begin(), seen.end(), port.values.file) == seen.end())
      seen.push_back(port.values.file);
  for (size_t i = 0; i < seen.size(); ++i)
    files += (i ? i + 1 == seen.size() ? " and " : ", " : "") + nameOfFile(seen[i]);
  return plural(rowCount, "row") + " of " + files;
}

const PortData &Dataset::portOf(const dlc_port &input) const {
  const PortData *port = find(input.name);
  if (!port)
    throw Problem(ExitCode::BadInput, "", std::string("no data for input ") + input.name);
  return *port;
}

void Dataset::fill(const FunctionCall &call, const int64_t *rows, int64_t count,
                   std::vector<AlignedBuffer> &buffers) const {
  buffers.resize(call.inputCount());
  for (size_t i = 0; i < call.inputCount(); ++i) {
    const PortData &port = portOf(call.input(i));
    size_t rowBytes = port.rowBytes(), elements = static_cast<size_t>(elementCount(port.rowShape));
    size_t keptBytes = elements * bytesOf(port.values.dtype);
    if (buffers[i].size() < rowBytes * static_cast<size_t>(count) || !buffers[i].data())
      buffers[i].resize(rowBytes * static_cast<size_t>(count));
    bool converts = port.values.dtype != port.dtype;
    std::vector<char> kept(converts ? keptBytes : 0);
    for (int64_t row = 0; row < count; ++row) {
      char *to = buffers[i].data() + rowBytes * static_cast<size_t>(row);
      port.values.data.read(keptBytes * static_cast<size_t>(rows[row]), keptBytes, converts ? kept.data() : to);
      if (converts)
        convertElements(kept.data(), port.values.dtype, to, port.dtype, elements);
    }
  }
}

void Dataset::setInputs(FunctionCall &call, int64_t count, std::vector<AlignedBuffer> &buffers) const {
  for (size_t i = 0; i < call.inputCount(); ++i) {
    const PortData &port = portOf(call.input(i));
    std::vector<int64_t> shape = {count};
    shape.insert(shape.end(), port.rowShape.begin(), port.rowShape.end());
    call.setInput(i, buffers[i].data(), shape);
  }
}

void Dataset::gather(FunctionCall &call, const int64_t *rows, int64_t count,
                     std::vector<AlignedBuffer> &buffers) const {
  fill(call, rows, count, buffers);
  setInputs(call, count, buffers);
}

} // namespace dlc::fit
