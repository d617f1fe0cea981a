// TensorBoard's files, byte by byte.
#include "tools/fit/EventFile.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <cmath>
#include <numeric>

namespace dlc::test {
namespace {

using fit::crc32c;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (int value : values)
    text += static_cast<char>(value);
  return text;
}

TEST(EventFileTest, ChecksumsAreThoseOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);           // the check value of CRC-32C
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau); // RFC 3720, appendix B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(EventFileTest, ARecordIsLengthDataAndTheirMaskedChecksums) {
  std::string record = fit::tfRecord("123456789");
  ASSERT_EQ(record.size(), 8u + 4 + 9 + 4);
  EXPECT_EQ(record.substr(0, 8), bytes({9, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(record.substr(12, 9), "123456789");
  // 0xe3069283 rotated right by 15 is 0x2507c60d; + 0xa282ead8 is 0xc78ab0e5.
  EXPECT_EQ(record.substr(21), bytes({0xe5, 0xb0, 0x8a, 0xc7}));
}

TEST(EventFileTest, AVersionIsTheFirstEvent) {
  std::string event = fit::versionEvent(1.0);
  // Field 1, 64 bits: 1.0; field 3, 13 bytes.
  EXPECT_EQ(event, bytes({0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x1a, 13}) + "brain.Event:2");
}

TEST(EventFileTest, AScalarIsASummaryValue) {
  std::string event = fit::summaryEvent(1.0, 300, {{"ab", 0.5}});
  std::string value = bytes({0x0a, 2}) + "ab" + bytes({0x15, 0, 0, 0, 0x3f}); // tag; simple_value, 32 bits
  std::string summary = bytes({0x0a, 9}) + value;
  EXPECT_EQ(event, bytes({0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0xac, 0x02, 0x2a, 11}) + summary);
}

TEST(EventFileTest, AGraphIsTheFourthField) {
  EXPECT_EQ(fit::graphEvent(1.0, "ab"), bytes({0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x22, 2}) + "ab");
}

TEST(EventFileTest, HistogramsCountEveryFiniteValue) {
  fit::EventHistogram histogram = fit::histogramOf("w", {-2, 0, 0.5, 0.5, 3, NAN, INFINITY});
  EXPECT_EQ(histogram.least, -2);
  EXPECT_EQ(histogram.greatest, 3);
  EXPECT_EQ(histogram.count, 5);
  EXPECT_EQ(histogram.sum, 2);
  EXPECT_EQ(histogram.sumOfSquares, 4 + 0.25 + 0.25 + 9);
  ASSERT_EQ(histogram.limits.size(), histogram.counts.size());
  EXPECT_TRUE(std::is_sorted(histogram.limits.begin(), histogram.limits.end()));
  EXPECT_EQ(std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0), 5);
  for (size_t i = 1; i < histogram.limits.size();
       ++i) { // a value is below its bin's limit and not below the one before
    double inside = 0;
    for (double value : {-2.0, 0.0, 0.5, 0.5, 3.0})
      inside += value < histogram.limits[i] && value >= histogram.limits[i - 1];
    EXPECT_EQ(histogram.counts[i], inside) << i;
  }
  EXPECT_EQ(fit::histogramOf("w", {}).counts.size(), 1u);
  EXPECT_EQ(fit::histogramOf("w", {1e300, -1e300}).count, 2);
}

TEST(EventFileTest, ManyValuesHaveLongLengths) {
  std::vector<fit::EventScalar> scalars(40, {"tag", 1});
  std::string event = fit::summaryEvent(1.0, 0, scalars); // 40 * 12 bytes: a length of two bytes
  EXPECT_EQ(event.substr(11, 3), bytes({0x2a, 0xe0, 0x03}));
  EXPECT_EQ(event.size(), 14u + 480);
}

TEST(EventFileTest, FilesAreNewAndFlushed) {
  TemporaryFolder folder;
  fit::EventFile first(folder.path("a/b")), second(folder.path("a/b"));
  EXPECT_NE(first.path(), second.path());
  first.add("event");
  std::string name = first.path().substr(folder.path("").size());
  std::string whole = folder.read(name);
  EXPECT_EQ(whole.substr(whole.size() - 21), fit::tfRecord("event"));
  folder.write("file", "");
  Complaint found = complaintOf([&] { fit::EventFile(folder.path("file/x")); });
  EXPECT_EQ(found.code, fit::ExitCode::Io);
  EXPECT_EQ(found.place, folder.path("file/x"));
}

} // namespace
} // namespace dlc::test
