#include "frontend/dsl/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

using namespace dlc::dsl;

llvm::StringRef dlc::dsl::describe(TokenKind kind) {
  switch (kind) {
#define TOKEN(kind, text)                                                                                              \
  case TokenKind::kind:                                                                                                \
    return text;
#include "frontend/dsl/Tokens.def"
  }
  return "";
}

static TokenKind wordKind(llvm::StringRef word) {
  return llvm::StringSwitch<TokenKind>(word)
#define KEYWORD(kind, spelling) .Case(spelling, TokenKind::kind)
#include "frontend/dsl/Tokens.def"
      .Default(TokenKind::Name);
}

bool dlc::dsl::isKeyword(llvm::StringRef word) { return wordKind(word) != TokenKind::Name; }

namespace {

struct Punctuation {
  llvm::StringRef spelling;
  TokenKind kind;
};
constexpr Punctuation kPunctuation[] = {
#define PUNCTUATION(kind, spelling) {spelling, TokenKind::kind},
#include "frontend/dsl/Tokens.def"
};

bool beginsName(char c) { return llvm::isAlpha(c) || c == '_'; }
bool continuesName(char c) { return llvm::isAlnum(c) || c == '_'; }

/// Escapes of strings and what they stand for; 0: not an escape.
char escapedCharacter(char c) {
  switch (c) {
  case 'n':
    return '\n';
  case 't':
    return '\t';
  case 'r':
    return '\r';
  case '"':
  case '\\':
    return c;
  default:
    return 0;
  }
}

class Lexer {
public:
  Lexer(const SourceManager &sources, FileId file, Diagnostics &diagnostics)
      : text(sources.text(file)), file(file), diagnostics(diagnostics) {}

  LexedFile run() {
    if (!isReadable()) {
      add(TokenKind::EndOfFile, text.size(), text.size());
      return std::move(result);
    }
    if (text.starts_with("\xEF\xBB\xBF"))
      position = 3; // a byte order mark, left by some editors
    while (position < text.size())
      lexOne();
    add(TokenKind::EndOfFile, text.size(), text.size());
    return std::move(result);
  }

private:
  bool isReadable() {
    if (text.size() > SourceManager::kMaxBytes) {
      diagnostics.error({file, 0, 0}, "the file has " + llvm::Twine(text.size()) + " bytes, expected at most " +
                                          llvm::Twine(SourceManager::kMaxBytes));
      return false;
    }
    const auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.data());
    const llvm::UTF8 *position = begin;
    if (llvm::isLegalUTF8String(&position, begin + text.size()))
      return true;
    uint32_t at = position - begin;
    diagnostics.error({file, at, at + 1}, "the byte 0x" + llvm::utohexstr(static_cast<uint8_t>(text[at])) +
                                              " is not valid UTF-8; save the file as UTF-8 text");
    return false;
  }

  void add(TokenKind kind, uint32_t begin, uint32_t end) {
    result.tokens.push_back({kind, startsLine, begin, end});
    startsLine = false;
  }

  void unknown(uint32_t begin, uint32_t end, const llvm::Twine &message) {
    diagnostics.error({file, begin, end}, message);
    add(TokenKind::Unknown, begin, end);
  }

  char at(size_t offset) const { return offset < text.size() ? text[offset] : '\0'; }

  void lexOne() {
    char c = text[position];
    if (c == '\n') {
      startsLine = true;
      ++position;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++position;
    } else if (c == '/' && at(position + 1) == '/') {
      lexComment();
    } else if (beginsName(c)) {
      size_t begin = position;
      while (continuesName(at(position)))
        ++position;
      add(wordKind(text.slice(begin, position)), begin, position);
    } else if (llvm::isDigit(c)) {
      lexNumber();
    } else if (c == '"') {
      lexString();
    } else {
      lexPunctuation();
    }
  }

  void lexComment() {
    size_t end = std::min(text.find('\n', position), text.size());
    size_t shown = end;
    while (llvm::isSpace(text[shown - 1]))
      --shown;
    result.comments.push_back({{file, static_cast<uint32_t>(position), static_cast<uint32_t>(shown)}});
    position = end;
  }

  void skipDigits() {
    while (llvm::isDigit(at(position)) || (at(position) == '_' && llvm::isDigit(at(position + 1))))
      ++position;
  }

  void lexNumber() {
    size_t begin = position;
    bool isFloat = false;
    skipDigits();
    // `1...` is a number and an ellipsis; `1.e` a number and a field, which the parser refuses.
    if (at(position) == '.' && at(position + 1) != '.' && !beginsName(at(position + 1))) {
      isFloat = true;
      ++position;
      skipDigits();
    }
    if (at(position) == 'e' || at(position) == 'E') {
      size_t digits = position + 1 + (at(position + 1) == '+' || at(position + 1) == '-');
      if (llvm::isDigit(at(digits))) {
        isFloat = true;
        position = digits;
        skipDigits();
      }
    }
    if (beginsName(at(position))) {
      while (continuesName(at(position)))
        ++position;
      unknown(begin, position,
              "'" + shortened(begin) + "' is neither a number nor a name: a name begins with a letter or '_'");
      return;
    }
    add(isFloat ? TokenKind::Float : TokenKind::Int, begin, position);
  }

  /// For messages: the text from \p begin to here.
  std::string shortened(size_t begin) const {
    llvm::StringRef all = text.slice(begin, position);
    return all.size() <= 40 ? all.str() : (all.take_front(40) + "...").str();
  }

  void lexString() {
    size_t begin = position++;
    bool isGood = true;
    while (position < text.size() && text[position] != '"' && text[position] != '\n') {
      if (text[position] != '\\') {
        isGood &= checkInString(position++);
        continue;
      }
      if (!escapedCharacter(at(position + 1))) {
        diagnostics.error({file, static_cast<uint32_t>(position), static_cast<uint32_t>(position + 2)},
                          "unknown escape in a string, expected \\n, \\t, \\r, \\\" or \\\\");
        isGood = false;
      }
      position += at(position + 1) == '\n' || position + 1 == text.size() ? 1 : 2;
    }
    if (at(position) != '"') {
      unknown(begin, position, "this string does not end on its line, expected '\"'");
      return;
    }
    ++position;
    add(isGood ? TokenKind::String : TokenKind::Unknown, begin, position);
  }

  bool checkInString(size_t offset) {
    unsigned char c = text[offset];
    if (c >= ' ' || c == '\t' || c == '\r')
      return true;
    diagnostics.error({file, static_cast<uint32_t>(offset), static_cast<uint32_t>(offset + 1)},
                      "a string may not hold the control character 0x" + llvm::utohexstr(c));
    return false;
  }

  void lexPunctuation() {
    llvm::StringRef rest = text.drop_front(position);
    const Punctuation *longest = nullptr;
    for (const Punctuation &candidate : kPunctuation)
      if (rest.starts_with(candidate.spelling) && (!longest || candidate.spelling.size() > longest->spelling.size()))
        longest = &candidate;
    size_t begin = position;
    if (longest) {
      position += longest->spelling.size();
      add(longest->kind, begin, position);
      return;
    }
    lexUnknown();
  }

  /// What people bring along from other languages, and what to write here.
  struct ForeignSpelling {
    llvm::StringRef spelling, remedy;
  };
  static llvm::ArrayRef<ForeignSpelling> foreignSpellings() {
    static constexpr ForeignSpelling kForeign[] = {
        {"&&", "write 'and'"},
        {"||", "write 'or'"},
        {"!", "write 'not'"},
        {"#", "a comment begins with '//'"},
        {"'", "strings are written in double quotes"},
        {"^", "write '**' for a power"},
    };
    return kForeign;
  }

  void lexUnknown() {
    size_t begin = position;
    for (const ForeignSpelling &foreign : foreignSpellings())
      if (text.drop_front(position).starts_with(foreign.spelling)) {
        position += foreign.spelling.size();
        unknown(begin, position, "unexpected '" + foreign.spelling + "'; " + foreign.remedy);
        // The rest of the line is words of a comment or of a string, not code.
        if (foreign.spelling == "#" || foreign.spelling == "'")
          position = std::min(text.find('\n', position), text.size());
        return;
      }
    // One message for a whole run of such bytes.
    do
      ++position;
    while (position < text.size() && isUnknownByte(text[position]));
    llvm::StringRef run = text.slice(begin, position);
    unsigned char first = run.front();
    if (first >= 0x80)
      unknown(begin, position,
              "unexpected '" + firstCodePoint(run) + "'; names are made of the letters a-z and A-Z, digits and '_'");
    else if (first < ' ' || first == 127)
      unknown(begin, position, "unexpected control character 0x" + llvm::utohexstr(first));
    else
      unknown(begin, position, "unexpected '" + run.take_front(1) + "'");
  }

  static bool isUnknownByte(char c) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80)
      return true;
    if (llvm::isSpace(c) && byte != '\v' && byte != '\f')
      return false;
    return byte < ' ' || byte == 127 || llvm::StringRef("$?`~\\|&").contains(c);
  }

  /// As it is where it shows; "U+202E" for marks that turn or hide the text around them.
  static std::string firstCodePoint(llvm::StringRef run) {
    llvm::StringRef bytes = run.take_front(llvm::getNumBytesForUTF8(static_cast<unsigned char>(run.front())));
    if (llvm::sys::unicode::columnWidthUTF8(bytes) > 0)
      return bytes.str();
    const auto *begin = reinterpret_cast<const llvm::UTF8 *>(bytes.data());
    llvm::UTF32 point = 0, *to = &point;
    llvm::ConvertUTF8toUTF32(&begin, begin + bytes.size(), &to, to + 1, llvm::strictConversion);
    return "U+" + llvm::utohexstr(point, /*LowerCase=*/false, /*Width=*/4);
  }

  llvm::StringRef text;
  FileId file;
  Diagnostics &diagnostics;
  LexedFile result;
  size_t position = 0;
  bool startsLine = true;
};

} // namespace

LexedFile dlc::dsl::lex(const SourceManager &sources, FileId file, Diagnostics &diagnostics) {
  return Lexer(sources, file, diagnostics).run();
}

std::string dlc::dsl::decodeString(llvm::StringRef literal) {
  std::string value;
  llvm::StringRef body = literal.drop_front().drop_back();
  for (size_t i = 0; i < body.size(); ++i)
    value += body[i] == '\\' && i + 1 < body.size() ? escapedCharacter(body[++i]) : body[i];
  return value;
}
