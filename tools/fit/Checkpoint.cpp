#include "tools/fit/Checkpoint.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cstdlib>
#include <zlib.h>

namespace dlc::fit {
namespace {

using nlohmann::json;

constexpr char kMagic[] = "dlc-checkpoint 1 ";
constexpr uint32_t kCode = 4; // the kind of segment, runtime/abi/FileFormat.h

uint32_t checksum(std::string_view bytes, uint32_t before = 0) {
  uLong sum = before;
  for (size_t begin = 0; begin < bytes.size();) { // zlib counts in 32 bits
    size_t count = std::min<size_t>(bytes.size() - begin, size_t(1) << 30);
    sum = crc32(sum, reinterpret_cast<const Bytef *>(bytes.data() + begin), static_cast<uInt>(count));
    begin += count;
  }
  return static_cast<uint32_t>(sum);
}

uint32_t layoutOf(const Program &program) {
  std::string text;
  for (const dlc_variable &variable : program.variables()) {
    text += std::string(variable.name) + " " + std::to_string(variable.dtype) + " " + std::to_string(variable.offset);
    for (uint32_t i = 0; i < variable.rank; ++i)
      text += " " + std::to_string(variable.shape[i]);
    text += "\n";
  }
  return checksum(text);
}

uint32_t kernelsOf(const Program &program) {
  const void *code = dlc_segment_data(program.handle(), kCode);
  return code ? checksum({static_cast<const char *>(code), dlc_segment_bytes(program.handle(), kCode)}) : 0;
}

// JSON has no NaN; text that reads back exactly does for all.
json measuresJson(const Measures &measures) {
  json list = json::array();
  for (const auto &[name, value] : measures)
    list.push_back({name, exactText(value)});
  return list;
}

double numberOf(const json &text) { return std::strtod(text.get<std::string>().c_str(), nullptr); }

Measures measuresOf(const json &list) {
  Measures measures;
  for (const json &item : list)
    measures.emplace_back(item.at(0).get<std::string>(), numberOf(item.at(1)));
  return measures;
}

json headerOf(const Checkpoint &checkpoint) {
  const SessionState &session = checkpoint.session;
  json header = {{"model", checkpoint.model},
                 {"layout", checkpoint.layout},
                 {"kernels", checkpoint.kernels},
                 {"recipe", checkpoint.recipe},
                 {"rows", checkpoint.rows},
                 {"step", session.step},
                 {"seconds", exactText(session.epochSeconds)},
                 {"variables", checkpoint.variables.size()}};
  if (session.stopping)
    header["stopping"] = {{"epoch", session.stopping->epoch}, {"value", exactText(session.stopping->value)}};
  if (session.plateau)
    header["plateau"] = {{"has_best", session.plateau->hasBest},
                         {"best", exactText(session.plateau->best)},
                         {"waited", session.plateau->waited},
                         {"cooling", session.plateau->cooling}};
  json &epochs = header["history"] = json::array();
  for (const Epoch &epoch : checkpoint.history.epochs()) {
    epochs.push_back({{"epoch", epoch.number},
                      {"seconds", exactText(epoch.seconds)},
                      {"train", measuresJson(epoch.train)},
                      {"validation", measuresJson(epoch.validation)}});
    if (epoch.learningRate)
      epochs.back()["learning_rate"] = exactText(*epoch.learningRate);
  }
  return header;
}

void readHeader(Checkpoint &checkpoint, const json &header) {
  checkpoint.model = header.at("model");
  checkpoint.layout = header.at("layout");
  checkpoint.kernels = header.at("kernels");
  checkpoint.recipe = header.at("recipe");
  checkpoint.rows = header.at("rows");
  SessionState &session = checkpoint.session;
  session.step = header.at("step");
  session.epochSeconds = numberOf(header.at("seconds"));
  if (header.contains("stopping"))
    session.stopping =
        SessionState::Stopping{header["stopping"].at("epoch"), numberOf(header["stopping"].at("value")), ""};
  if (header.contains("plateau")) {
    const json &plateau = header["plateau"];
    session.plateau = PlateauRule::State{plateau.at("has_best"), numberOf(plateau.at("best")), plateau.at("waited"),
                                         plateau.at("cooling")};
  }
  for (const json &item : header.at("history")) {
    Epoch epoch;
    epoch.number = item.at("epoch");
    epoch.seconds = numberOf(item.at("seconds"));
    epoch.train = measuresOf(item.at("train"));
    epoch.validation = measuresOf(item.at("validation"));
    if (item.contains("learning_rate"))
      epoch.learningRate = numberOf(item["learning_rate"]);
    checkpoint.history.add(std::move(epoch));
  }
}

std::string hex(uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

// Where to stop may change, and what is only told or tested.
json essential(json recipe) {
  for (const char *key : {"epochs", "test", "folds"})
    recipe.erase(key);
  return recipe;
}

} // namespace

std::string checkpointFile(const std::string &output) { return output + ".checkpoint"; }

Checkpoint makeCheckpoint(const Variables &variables, const Recipe &recipe, int64_t rows, SessionState session,
                          History history) {
  const Program &program = variables.program();
  return {program.modelName(), layoutOf(program),  kernelsOf(program),  recipe.json, rows,
          std::move(session),  std::move(history), variables.snapshot()};
}

std::string encodeCheckpoint(const Checkpoint &checkpoint) {
  std::string body = headerOf(checkpoint).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  body += checkpoint.variables;
  if (checkpoint.session.stopping)
    body += checkpoint.session.stopping->variables;
  return kMagic + hex(checksum(body)) + "\n" + body;
}

Checkpoint decodeCheckpoint(const std::string &bytes, const std::string &path) {
  constexpr size_t magic = sizeof kMagic - 1, start = magic + 9;
  if (bytes.compare(0, 15, kMagic, 15) != 0)
    throw Problem(ExitCode::BadInput, path, "is not a checkpoint of dlc train", "remove it, or leave out --resume");
  if (bytes.compare(0, magic, kMagic) != 0)
    throw Problem(ExitCode::BadInput, path, "is a checkpoint of another version of dlc",
                  "go on with the version that wrote it, or start anew without --resume");
  auto fail = [&]() -> Problem {
    return Problem(ExitCode::BadInput, path, "the checkpoint is damaged: its checksum or its sizes are wrong",
                   "start anew without --resume");
  };
  size_t line = bytes.find('\n', start);
  if (line == std::string::npos || bytes[start - 1] != '\n' ||
      bytes.compare(magic, 8, hex(checksum(std::string_view(bytes).substr(start)))) != 0)
    throw fail();
  Checkpoint checkpoint;
  try {
    json header = json::parse(bytes.begin() + static_cast<std::ptrdiff_t>(start),
                              bytes.begin() + static_cast<std::ptrdiff_t>(line));
    readHeader(checkpoint, header);
    uint64_t size = header.at("variables"), left = bytes.size() - line - 1;
    uint64_t blocks = checkpoint.session.stopping ? 2 : 1;
    if (size > left || size * blocks != left)
      throw fail();
    checkpoint.variables = bytes.substr(line + 1, size);
    if (checkpoint.session.stopping)
      checkpoint.session.stopping->variables = bytes.substr(line + 1 + size);
  } catch (const json::exception &) {
    throw fail();
  }
  return checkpoint;
}

void checkCheckpoint(const Checkpoint &checkpoint, const Program &program, const Recipe &recipe, int64_t rows,
                     const std::string &path) {
  auto fail = [&](const std::string &text) {
    throw Problem(ExitCode::BadInput, path, text, "train what it was made of, or start anew without --resume");
  };
  if (checkpoint.model != program.modelName())
    fail("is a checkpoint of model " + checkpoint.model + ", not of " + program.modelName());
  if (checkpoint.layout != layoutOf(program) || checkpoint.variables.size() != dlc_variables_bytes(program.handle()))
    fail("is a checkpoint of a model " + checkpoint.model + " with other parameters or another optimizer");
  json before = essential(checkpoint.recipe), now = essential(recipe.json);
  for (const json &all : {before, now})
    for (const auto &entry : all.items()) {
      const std::string &key = entry.key();
      json was = before.contains(key) ? before[key] : json(), is = now.contains(key) ? now[key] : json();
      if (was != is)
        fail("is a checkpoint of a run with " + key + " = " + was.dump() + ", this one has " + is.dump());
    }
  if (checkpoint.rows != rows)
    fail("is a checkpoint of a run on " + plural(checkpoint.rows, "row") + ", the training data have " +
         std::to_string(rows));
}

bool hasSameKernels(const Checkpoint &checkpoint, const Program &program) {
  return checkpoint.kernels == kernelsOf(program);
}

} // namespace dlc::fit
