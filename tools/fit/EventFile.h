// TensorBoard's event files: records of TFRecord framing, each an Event message of protocol buffers.
#ifndef DLC_TOOLS_FIT_EVENTFILE_H
#define DLC_TOOLS_FIT_EVENTFILE_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// CRC-32C (Castagnoli), as in iSCSI: RFC 3720, appendix B.4.
uint32_t crc32c(std::string_view bytes);

/// Length (8 bytes), masked CRC of the length (4), data, masked CRC of the data (4); little-endian. Masked: rotated
/// right by 15 bits, plus 0xa282ead8.
std::string tfRecord(std::string_view data);

/// One value of a summary.
struct EventScalar {
  std::string tag;
  double value = 0;
};
struct EventHistogram {
  std::string tag;
  double least = 0, greatest = 0, count = 0, sum = 0, sumOfSquares = 0;
  std::vector<double> limits, counts; // right ends of the bins, rising; how many values are in each
};

/// Bins that TensorFlow uses: limits grow by 10 % from 1e-12 on, both signs, empty ones at the ends left out. Values
/// that are not finite are not counted.
EventHistogram histogramOf(std::string tag, const std::vector<double> &values);

/// The first message of a file, and one with values. \p time: seconds since 1970.
std::string versionEvent(double time);
std::string summaryEvent(double time, int64_t step, const std::vector<EventScalar> &scalars,
                         const std::vector<EventHistogram> &histograms = {});

/// With an encoded GraphDef, see ProgramGraph.h.
std::string graphEvent(double time, const std::string &graph);

/// Appends records to a new file; what is written is flushed, so that a crash leaves whole records before it.
class EventFile {
public:
  /// Makes \p folder and in it events.out.tfevents.TIME.HOST.PROCESS.NUMBER. Throws a Problem (Io).
  explicit EventFile(const std::string &folder);
  /// Throws a Problem (Io).
  void add(const std::string &event);
  const std::string &path() const { return name; }

private:
  struct Close {
    void operator()(std::FILE *file) const { std::fclose(file); }
  };
  std::string name;
  std::unique_ptr<std::FILE, Close> file;
};

} // namespace dlc::fit

#endif
