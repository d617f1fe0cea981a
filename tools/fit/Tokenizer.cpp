#include "tools/fit/Tokenizer.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include <algorithm>
#include <charconv>
#include <locale.h>
#include <unordered_map>
#include <wctype.h>

namespace dlc::fit {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class IdTokenizer : public Tokenizer {
public:
  explicit IdTokenizer(const ReaderOptions &options) : vocabulary(options.number("vocabulary", 3)) {
    if (vocabulary && *vocabulary > INT32_MAX)
      options.fail("vocabulary", "a number below 2^31");
  }
  const char *units() const override { return "ids"; }
  std::optional<int32_t> largest() const override {
    return vocabulary ? std::optional<int32_t>(static_cast<int32_t>(*vocabulary - 1)) : std::nullopt;
  }
  void encode(std::string_view text, const TextPlace &place, std::vector<int32_t> &ids) override {
    for (size_t at = 0; at < text.size();) {
      if (isSpace(text[at])) {
        ++at;
        continue;
      }
      size_t begin = at;
      while (at < text.size() && !isSpace(text[at]))
        ++at;
      int64_t id = -1;
      std::string_view word = text.substr(begin, at - begin);
      auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), id);
      if (code != std::errc() || end != word.data() + word.size() || id < 0 || id > INT32_MAX)
        throw Problem(ExitCode::BadInput, place(begin),
                      "expected ids, which are whole numbers of at least 0, found '" + quotable(word) + "'",
                      "separate them by spaces; for words use the reader text, for letters the reader letters");
      ids.push_back(vocabulary && id >= *vocabulary ? kUnknownWord : static_cast<int32_t>(id));
    }
  }

private:
  std::optional<int64_t> vocabulary;
};

class LetterTokenizer : public Tokenizer {
public:
  explicit LetterTokenizer(const ReaderOptions &options) : alphabet(options.text("alphabet")) {
    std::fill(std::begin(numbers), std::end(numbers), -1);
    if (alphabet.empty())
      throw Problem(ExitCode::BadInput, "recipe", "letters: no alphabet is given",
                    "write alphabet = \"XACDEFGHIKLMNPQRSTVWY\": the first letter is 0, which also fills up");
    for (size_t i = 0; i < alphabet.size(); ++i) {
      int &number = numbers[static_cast<unsigned char>(alphabet[i])];
      if (number >= 0 || alphabet[i] <= ' ' || alphabet[i] > '~')
        options.fail("alphabet", "a string of different ASCII letters");
      number = static_cast<int>(i);
    }
  }
  const char *units() const override { return "letters"; }
  std::optional<int32_t> largest() const override { return static_cast<int32_t>(alphabet.size()) - 1; }
  void encode(std::string_view text, const TextPlace &place, std::vector<int32_t> &ids) override {
    for (size_t i = 0; i < text.size(); ++i) {
      int number = numbers[static_cast<unsigned char>(text[i])];
      if (number < 0)
        throw Problem(ExitCode::BadInput, place(i), "unknown letter '" + quotable(text.substr(i, 1)) + "'",
                      std::string(isCapitalKnown(text[i]) ? "write capitals; " : "correct or remove the sequence; ") +
                          "the alphabet is " + alphabet);
      ids.push_back(number);
    }
  }

private:
  bool isCapitalKnown(char c) const { return c >= 'a' && c <= 'z' && numbers[c - 'a' + 'A'] >= 0; }
  std::string alphabet;
  int numbers[256];
};

class WordTokenizer : public Tokenizer {
public:
  WordTokenizer(const ReaderOptions &options, const std::string &words) {
    auto vocabulary = options.number("vocabulary", kFirstWord + 1).value_or(INT32_MAX);
    for (size_t begin = 0; begin < words.size();) {
      size_t end = std::min(words.find(' ', begin), words.size());
      auto number = static_cast<int64_t>(numbers.size()) + kFirstWord;
      if (number >= vocabulary)
        break;
      numbers.emplace(words.substr(begin, end - begin), static_cast<int32_t>(number));
      begin = end + 1;
    }
  }
  const char *units() const override { return "words"; }
  std::optional<int32_t> largest() const override { return static_cast<int32_t>(numbers.size()) + kFirstWord - 1; }
  void encode(std::string_view text, const TextPlace &place, std::vector<int32_t> &ids) override {
    ids.push_back(kStartOfText);
    forEachWord(text, place, [&](const std::string &word) {
      auto found = numbers.find(word);
      ids.push_back(found == numbers.end() ? kUnknownWord : found->second);
    });
  }

private:
  std::unordered_map<std::string, int32_t> numbers;
};

// One character of UTF-8 at \p at, which moves behind it; false: none.
bool decodeCharacter(std::string_view text, size_t &at, uint32_t &character) {
  auto first = static_cast<unsigned char>(text[at]);
  int more = first < 0x80 ? 0 : first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : -1;
  if (more < 0 || first >= 0xF5 || at + static_cast<size_t>(more) >= text.size())
    return false;
  character = more ? first & (0x3Fu >> more) : first;
  for (int i = 1; i <= more; ++i) {
    auto next = static_cast<unsigned char>(text[at + static_cast<size_t>(i)]);
    if ((next & 0xC0) != 0x80)
      return false;
    character = character << 6 | (next & 0x3Fu);
  }
  at += static_cast<size_t>(more) + 1;
  return true;
}

void appendCharacter(std::string &text, uint32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else {
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    text += static_cast<char>((more == 1 ? 0xC0u : more == 2 ? 0xE0u : 0xF0u) | c >> (6 * more));
    while (more--)
      text += static_cast<char>(0x80u | (c >> (6 * more) & 0x3Fu));
  }
}

uint32_t lowerCase(uint32_t c) {
  if (c < 0x80)
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return unicode ? static_cast<uint32_t>(towlower_l(static_cast<wint_t>(c), unicode)) : c;
}

} // namespace

void forEachWord(std::string_view text, const TextPlace &place, const std::function<void(const std::string &)> &body) {
  std::string word;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = 0;
    size_t begin = at;
    if (!decodeCharacter(text, at, c))
      throw Problem(ExitCode::BadInput, place(begin), "the text is not UTF-8", "save the file as UTF-8");
    bool isAscii = c < 0x80;
    if (!isAscii || c == '\'' || std::isalnum(static_cast<int>(c))) {
      appendCharacter(word, lowerCase(c));
    } else if (!word.empty()) {
      body(word);
      word.clear();
    }
  }
  if (!word.empty())
    body(word);
}

void VocabularyBuilder::add(std::string_view text, const TextPlace &place) {
  forEachWord(text, place, [&](const std::string &word) {
    auto entry = counts.emplace(word, Entry{0, static_cast<int64_t>(counts.size())}).first;
    ++entry->second.count;
  });
}

std::string VocabularyBuilder::words(int64_t size) const {
  std::vector<const std::pair<const std::string, Entry> *> sorted;
  for (const auto &entry : counts)
    sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const auto *a, const auto *b) {
    return a->second.count != b->second.count ? a->second.count > b->second.count : a->second.order < b->second.order;
  });
  std::string text;
  for (size_t i = 0; i < sorted.size() && static_cast<int64_t>(i) < size; ++i)
    text += (i ? " " : "") + sorted[i]->first;
  return text;
}

std::unique_ptr<Tokenizer> makeTokenizer(const DataSpec &spec, const std::string &words) {
  ReaderOptions options(spec);
  if (spec.reader == "letters")
    return std::make_unique<LetterTokenizer>(options);
  if (spec.reader == "text")
    return std::make_unique<WordTokenizer>(options, words);
  return std::make_unique<IdTokenizer>(options);
}

} // namespace dlc::fit
