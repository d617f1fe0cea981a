// Images of one size in memory, as bytes; decoded once, by all processors.
#include "tools/fit/ByteSource.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ClassLabels.h"
#include "tools/fit/ExampleReader.h"
#include "tools/fit/ImageFile.h"
#include "tools/fit/ImageList.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <thread>

namespace dlc::fit {
namespace {

// What the model takes, and how images get there.
struct ImageShape {
  int64_t height = 0, width = 0;
  int channels = 0;
  bool converts = false; // the recipe gives a size: images are made to fit
  Interpolation interpolation = Interpolation::Nearest;
  int64_t elements() const { return height * width * channels; }
  std::string text() const {
    return std::to_string(height) + "x" + std::to_string(width) + (channels == 1 ? " grey" : " RGB");
  }
};

ImageShape shapeFor(const dlc_port &port, const ReaderInput &input) {
  ReaderOptions options(input.spec);
  ImageShape shape;
  if (options.choice("interpolation", {"nearest", "bilinear"}) == "bilinear")
    shape.interpolation = Interpolation::Bilinear;
  auto fixed = [&](uint32_t axis) { return axis < port.rank ? port.dims[axis].fixed : -1; };
  bool isPicture = port.rank == 3 || port.rank == 4;
  if (auto size = options.pair("size", 1)) {
    std::tie(shape.height, shape.width) = *size;
    shape.converts = true;
    constexpr int64_t kMostPixels = int64_t(1) << 28;
    if (shape.height > kMostPixels / shape.width)
      options.fail("size", "[height, width] with at most 2^28 pixels");
  } else if (isPicture && fixed(1) > 0 && fixed(2) > 0) {
    shape.height = fixed(1);
    shape.width = fixed(2);
  } else {
    throw Problem(ExitCode::BadInput, input.source.file,
                  std::string("nothing says how large the images for ") + port.name + " (" + portType(port) + ") are",
                  "write images(\"…\", size = [height, width])");
  }
  int64_t pixels = shape.height * shape.width;
  int64_t channels = port.rank == 4 ? fixed(3) : isPicture ? 1 : fixedElements(port).value_or(0) / pixels;
  if (channels != 1 && channels != 3)
    throw Problem(ExitCode::BadInput, input.source.file,
                  std::string("input ") + port.name + ": " + portType(port) + " does not take images of " +
                      std::to_string(shape.height) + "x" + std::to_string(shape.width),
                  "declare it as " + std::string(port.name) + ": f32[batch, " + std::to_string(shape.height) + ", " +
                      std::to_string(shape.width) + ", 3], with 1 for grey images");
  shape.channels = static_cast<int>(channels);
  return shape;
}

// Writes the pixels of one file to \p to. Throws a Problem.
void loadImage(const std::string &path, const ImageShape &shape, char *to) {
  Image image = decodeImage(readWhole(path), path);
  if (!shape.converts &&
      (image.height != shape.height || image.width != shape.width || image.channels != shape.channels)) {
    ImageShape found{image.height, image.width, image.channels};
    throw Problem(ExitCode::BadInput, path, "the image is " + found.text() + ", the model takes " + shape.text(),
                  "let them all be converted: size = [" + std::to_string(shape.height) + ", " +
                      std::to_string(shape.width) + "] in images(…)");
  }
  convertChannels(image, shape.channels);
  Image fitting = resized(image, shape.height, shape.width, shape.interpolation);
  std::memcpy(to, fitting.pixels.data(), fitting.pixels.size());
}

// One slot for each file; the problem of each file that cannot be read.
std::vector<std::exception_ptr> loadImages(const ImageList &list, const ImageShape &shape, Matrix &matrix) {
  size_t count = list.paths.size(), rowBytes = static_cast<size_t>(shape.elements()), bytes;
  if (__builtin_mul_overflow(count, rowBytes, &bytes))
    throw std::bad_alloc();
  matrix.data.resize(bytes);
  std::vector<std::exception_ptr> problems(count);
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i; (i = next++) < count;)
      try {
        loadImage(list.paths[i], shape, matrix.data.data() + i * rowBytes);
        matrix.data.touched(i * rowBytes, rowBytes);
      } catch (...) {
        problems[i] = std::current_exception();
      }
  };
  std::vector<std::thread> threads;
  size_t wanted = std::min<size_t>(std::thread::hardware_concurrency(), count / 8);
  for (size_t i = 1; i < wanted; ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();
  return problems;
}

// Moves the rows that are kept together; the file names of the others.
std::vector<std::string> dropBad(ImageList &list, const std::vector<std::exception_ptr> &problems, Matrix &matrix,
                                 bool skipBad) {
  std::vector<std::string> skipped;
  size_t kept = 0, rowBytes = static_cast<size_t>(matrix.width());
  auto move = [&](auto &values, size_t from) {
    if (!values.empty())
      values[kept] = values[from];
  };
  for (size_t i = 0; i < problems.size(); ++i) {
    if (problems[i] && !skipBad)
      std::rethrow_exception(problems[i]);
    if (problems[i]) {
      skipped.push_back(list.paths[i]);
      continue;
    }
    if (kept != i) {
      std::memcpy(matrix.data.data() + kept * rowBytes, matrix.data.data() + i * rowBytes, rowBytes);
      matrix.data.touched(i * rowBytes, rowBytes);
      move(list.names, i);
      move(list.labels, i);
      move(list.lines, i);
      move(list.classNumbers, i);
    }
    ++kept;
  }
  for (auto *values : {&list.names, &list.labels})
    values->resize(std::min(values->size(), kept));
  list.lines.resize(std::min(list.lines.size(), kept));
  list.classNumbers.resize(std::min(list.classNumbers.size(), kept));
  matrix.rows = static_cast<int64_t>(kept);
  matrix.data.resize(kept * rowBytes);
  return skipped;
}

// Classes become numbers; a float target takes them, too, or the numbers of a table.
void fillLabels(const ImageList &list, const ReaderInput &input, PortData &data) {
  Matrix &matrix = data.values;
  matrix.rows = static_cast<int64_t>(list.names.size());
  matrix.columns = {ReaderOptions(input.spec).text("label", "label")};
  if (list.labels.empty()) {
    matrix.labels = list.classes;
    matrix.dtype = DLC_I32;
    matrix.data.resize(list.classNumbers.size() * sizeof(int32_t));
    for (size_t i = 0; i < list.classNumbers.size(); ++i)
      reinterpret_cast<int32_t *>(matrix.data.data())[i] = static_cast<int32_t>(list.classNumbers[i]);
    return;
  }
  matrix.dtype = data.dtype;
  ClassLabels labels;
  for (size_t i = 0; i < list.labels.size(); ++i) {
    if (!isFloat(data.dtype)) {
      labels.add(list.labels[i], list.lines[i]);
    } else if (parseCell(list.labels[i], data.dtype, matrix.data.extend(bytesOf(data.dtype))) != CellFault::None) {
      throw Problem(ExitCode::BadInput, matrix.file + ":" + std::to_string(list.lines[i]) + ":" + matrix.columns[0],
                    "expected a number, found '" + quotable(list.labels[i]) + "'",
                    "class names need a whole-number target: " + data.name + ": i32[batch]");
    }
  }
  if (!isFloat(data.dtype))
    labels.finish(matrix, input.options.classNames);
}

} // namespace

ReaderOutput readImages(const ReaderInput &input) {
  ReaderOutput output;
  std::optional<size_t> picture, label;
  for (size_t i = 0; i < input.ports.size(); ++i) {
    std::optional<size_t> &slot = input.ports[i].port->role == 1 ? label : picture;
    if (slot)
      throw Problem(ExitCode::BadInput, input.source.file,
                    std::string("images feed one input and one target, not ") + input.ports[*slot].port->name +
                        " and " + input.ports[i].port->name,
                    "give each of them a source of its own");
    slot = i;
    output.ports.push_back(emptyPort(*input.ports[i].port));
    output.ports.back().values.file = input.source.file;
  }
  ImageList list = listImages(input, input.source.file, label.has_value());
  for (const std::string &further : input.source.further) {
    ImageList more = listImages(input, further, label.has_value());
    if (label)
      throw Problem(ExitCode::Usage, further, "labelled images come from one folder or one table",
                    "put the folders of the classes into one folder");
    list.paths.insert(list.paths.end(), more.paths.begin(), more.paths.end());
    list.names.insert(list.names.end(), more.names.begin(), more.names.end());
  }
  if (picture) {
    const dlc_port &port = *input.ports[*picture].port;
    ImageShape shape = shapeFor(port, input);
    PortData &data = output.ports[*picture];
    data.values.dtype = DLC_U8;
    setRowShape(data, port, input.source.file, shape.elements(), "images of " + shape.text());
    if (data.dtype == DLC_I8 || data.dtype == DLC_BOOL)
      throw Problem(ExitCode::BadInput, input.source.file,
                    "input " + data.name + ": " + portType(port) + " does not take pixels from 0 to 255",
                    "declare it with numbers of f32");
    output.skipped = dropBad(list, loadImages(list, shape, data.values), data.values, input.options.skipBad);
    if (!data.values.rows)
      throw Problem(ExitCode::BadInput, input.source.file, "no image can be read", "run without --skip-bad to see why");
    output.names = {"file", list.names};
  }
  if (label) {
    setRowShape(output.ports[*label], *input.ports[*label].port, input.source.file, 1, "one class for each image");
    fillLabels(list, input, output.ports[*label]);
  }
  return output;
}

} // namespace dlc::fit
