// Text as whole numbers: ids that are written out, letters of an alphabet, words of a vocabulary.
#ifndef DLC_TOOLS_FIT_TOKENIZER_H
#define DLC_TOOLS_FIT_TOKENIZER_H

#include "tools/fit/ExampleReader.h"
#include <functional>
#include <memory>

namespace dlc::fit {

/// Keras's numbers: 0 fills up, 1 begins a text, 2 stands for what the vocabulary lacks, 3 is not used.
inline constexpr int32_t kStartOfText = 1, kUnknownWord = 2, kFirstWord = 4;

/// Says where byte \p offset of the text stands: "x.txt:3:17".
using TextPlace = std::function<std::string(size_t offset)>;

class Tokenizer {
public:
  virtual ~Tokenizer() = default;
  /// Appends the numbers of one example. Throws a Problem at its place.
  virtual void encode(std::string_view text, const TextPlace &place, std::vector<int32_t> &ids) = 0;
  /// The largest number there can be, if that is known.
  virtual std::optional<int32_t> largest() const { return std::nullopt; }
  /// "ids", "letters" or "words", for messages.
  virtual const char *units() const = 0;
};

/// Of the recipe's reader: sequences, letters or text. A text's vocabulary must be known.
std::unique_ptr<Tokenizer> makeTokenizer(const DataSpec &spec, const std::string &words);

/// Words of a text in lower case, as Keras's Tokenizer: what is not a letter, a digit or an apostrophe separates, in
/// ASCII; other characters belong to words. Throws a Problem: not UTF-8.
void forEachWord(std::string_view text, const TextPlace &place, const std::function<void(const std::string &)> &body);

/// Counts words and gives the most frequent of them, those of equal frequency in the order of their first appearance.
class VocabularyBuilder {
public:
  void add(std::string_view text, const TextPlace &place);
  /// Separated by spaces; at most \p size.
  std::string words(int64_t size) const;

private:
  struct Entry {
    int64_t count = 0, order = 0;
  };
  std::map<std::string, Entry> counts;
};

} // namespace dlc::fit

#endif
