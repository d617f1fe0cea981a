#include "tools/fit/EventFile.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ProtobufMessage.h"
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace dlc::fit {
namespace {

constexpr uint32_t kCastagnoli = 0x82f63b78; // reflected

std::array<uint32_t, 256> makeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit)
      value = value & 1 ? value >> 1 ^ kCastagnoli : value >> 1;
    table[byte] = value;
  }
  return table;
}

template <typename Number> std::string littleEndian(Number number) { // the machine is
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::string masked(std::string_view bytes) {
  uint32_t sum = crc32c(bytes);
  return littleEndian<uint32_t>((sum >> 15 | sum << 17) + 0xa282ead8u);
}

// tensorflow/core/util/event.proto: wall_time = 1, step = 2, file_version = 3, graph_def = 4, summary = 5.
// tensorflow/core/framework/summary.proto: Summary.value = 1; Value.tag = 1, simple_value = 2, histo = 5;
// HistogramProto: min, max, num, sum, sum_squares = 1 … 5, bucket_limit = 6, bucket = 7.
std::string histogramMessage(const EventHistogram &histogram) {
  ProtobufMessage message;
  message.real(1, histogram.least).real(2, histogram.greatest).real(3, histogram.count).real(4, histogram.sum);
  message.real(5, histogram.sumOfSquares).packed(6, histogram.limits).packed(7, histogram.counts);
  return message.encoded();
}

std::vector<double> makeLimits() {
  std::vector<double> positive;
  for (double limit = 1e-12; limit < 1e20; limit *= 1.1)
    positive.push_back(limit);
  std::vector<double> limits = {-1e308};
  for (auto limit = positive.rbegin(); limit != positive.rend(); ++limit)
    limits.push_back(-*limit);
  limits.push_back(0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  limits.push_back(1e308);
  return limits;
}

[[noreturn]] void fail(const std::string &path) {
  int code = errno;
  throw Problem(ExitCode::Io, path, std::string("cannot write the file: ") + std::strerror(code),
                code == ENOSPC ? "make room on the disk, or choose another folder with --logdir" : "");
}

} // namespace

uint32_t crc32c(std::string_view bytes) {
  static const std::array<uint32_t, 256> table = makeTable();
  uint32_t sum = ~0u;
  for (char byte : bytes)
    sum = sum >> 8 ^ table[(sum ^ static_cast<uint8_t>(byte)) & 0xff];
  return ~sum;
}

std::string tfRecord(std::string_view data) {
  std::string length = littleEndian<uint64_t>(data.size());
  return length + masked(length) + std::string(data) + masked(data);
}

EventHistogram histogramOf(std::string tag, const std::vector<double> &values) {
  static const std::vector<double> limits = makeLimits();
  EventHistogram histogram;
  histogram.tag = std::move(tag);
  std::vector<double> counts(limits.size());
  for (double value : values) {
    if (!std::isfinite(value))
      continue;
    histogram.least = histogram.count ? std::min(histogram.least, value) : value;
    histogram.greatest = histogram.count ? std::max(histogram.greatest, value) : value;
    ++histogram.count;
    histogram.sum += value;
    histogram.sumOfSquares += value * value;
    size_t bin = static_cast<size_t>(std::upper_bound(limits.begin(), limits.end(), value) - limits.begin());
    ++counts[std::min(bin, limits.size() - 1)];
  }
  auto isFilled = [](double count) { return count > 0; };
  auto first = std::find_if(counts.begin(), counts.end(), isFilled);
  auto last = std::find_if(counts.rbegin(), counts.rend(), isFilled).base();
  // The bin before the first one is where that begins.
  if (first != counts.begin() && first != counts.end())
    --first;
  if (first < last) {
    histogram.counts.assign(first, last);
    histogram.limits.assign(limits.begin() + (first - counts.begin()), limits.begin() + (last - counts.begin()));
  } else { // TensorBoard wants a bin
    histogram.limits = {1e308};
    histogram.counts = {0};
  }
  return histogram;
}

std::string versionEvent(double time) { return ProtobufMessage().real(1, time).bytes(3, "brain.Event:2").encoded(); }

std::string summaryEvent(double time, int64_t step, const std::vector<EventScalar> &scalars,
                         const std::vector<EventHistogram> &histograms) {
  ProtobufMessage summary;
  for (const EventScalar &scalar : scalars)
    summary.bytes(1, ProtobufMessage().bytes(1, scalar.tag).real32(2, static_cast<float>(scalar.value)).encoded());
  for (const EventHistogram &histogram : histograms)
    summary.bytes(1, ProtobufMessage().bytes(1, histogram.tag).bytes(5, histogramMessage(histogram)).encoded());
  return ProtobufMessage().real(1, time).integer(2, step).bytes(5, summary.encoded()).encoded();
}

std::string graphEvent(double time, const std::string &graph) {
  return ProtobufMessage().real(1, time).bytes(4, graph).encoded();
}

EventFile::EventFile(const std::string &folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code)
    throw Problem(ExitCode::Io, folder, "cannot make the folder: " + code.message(),
                  "choose another one with --logdir");
  static int number = 0;
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  double time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  name = folder + "/events.out.tfevents." + std::to_string(static_cast<int64_t>(time)) + "." + (*host ? host : "host") +
         "." + std::to_string(getpid()) + "." + std::to_string(number++);
  file.reset(std::fopen(name.c_str(), "wbx"));
  if (!file)
    fail(name);
  add(versionEvent(time));
}

void EventFile::add(const std::string &event) {
  std::string record = tfRecord(event);
  if (std::fwrite(record.data(), 1, record.size(), file.get()) != record.size() || std::fflush(file.get()))
    fail(name);
}

} // namespace dlc::fit
