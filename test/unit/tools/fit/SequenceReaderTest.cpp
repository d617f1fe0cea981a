// Sequences of ids, letters and words: lines, tables, FASTA; padding and cutting as Keras's pad_sequences.
#include "test/unit/tools/fit/ReaderCall.h"

namespace dlc::test {
namespace {

using Values = std::vector<double>;

class SequenceReaderTest : public testing::Test {
protected:
  fit::PortData read(const ReaderCall &call, const std::string &text, const std::string &name = "x.txt") {
    return std::move(call.read(folder.write(name, text), {x}).ports.at(0));
  }
  Complaint complaint(const ReaderCall &call, const std::string &text, const std::string &name = "x.txt") {
    return call.complaint(folder.write(name, text), {x});
  }
  static ReaderCall ids(nlohmann::json options = nlohmann::json::object()) {
    return ReaderCall(fit::readSequences, "sequences", options);
  }
  static ReaderCall letters(nlohmann::json options = nlohmann::json::object()) {
    options["alphabet"] = "XACG";
    return ReaderCall(fit::readSequences, "letters", options);
  }
  static ReaderCall words(nlohmann::json options = nlohmann::json::object()) {
    if (!options.contains("vocabulary"))
      options["vocabulary"] = 7;
    return ReaderCall(fit::readSequences, "text", options);
  }
  TemporaryFolder folder;
  const dlc_port *x = portOf("x", DLC_I32, {4}), *y = portOf("y", DLC_I32, {}, 1);
};

TEST_F(SequenceReaderTest, PadsAndCutsAsKeras) {
  const char *text = "1 2 3 4 5 6\n7  8\n";
  fit::PortData port = read(ids(), text);
  EXPECT_EQ(port.values.dtype, DLC_I32);
  EXPECT_EQ(rowOf(port, 0), (Values{3, 4, 5, 6}));
  EXPECT_EQ(rowOf(port, 1), (Values{0, 0, 7, 8}));
  port = read(ids({{"pad", "right"}, {"truncate", "right"}}), text);
  EXPECT_EQ(rowOf(port, 0), (Values{1, 2, 3, 4}));
  EXPECT_EQ(rowOf(port, 1), (Values{7, 8, 0, 0}));
  Complaint cut = complaint(ids({{"truncate", "none"}}), text);
  EXPECT_EQ(cut.place, folder.path("x.txt") + ":1");
  EXPECT_EQ(cut.text, "the sequence has 6 ids, more than length = 4");
}

TEST_F(SequenceReaderTest, ALargeIdIsOutOfVocabulary) {
  fit::PortData port = read(ids({{"vocabulary", 200}}), "199 200 9999 3\n");
  EXPECT_EQ(port.values.dtype, DLC_U8); // 200 ids fit into a byte
  EXPECT_EQ(rowOf(port, 0), (Values{199, 2, 2, 3}));
}

TEST_F(SequenceReaderTest, LabelsAndLengthsBelongToTheRows) {
  std::string sequences = folder.write("x.txt", "1 2 3 4 5\n6\n7 8\n"), labels = folder.write("y.txt", "0\n1\n1\n");
  fit::ReaderOutput output = ids({{"lengths", "n"}, {"rows", {1, 3}}}).read(sequences, {x, portOf("n", DLC_I32, {})});
  EXPECT_EQ(output.ports[0].values.rows, 2);
  EXPECT_EQ(output.ports[1].values.at(0, 0), 1);
  EXPECT_EQ(output.ports[1].values.at(1, 0), 2);
  EXPECT_EQ(ids({{"lengths", "n"}}).read(sequences, {portOf("n", DLC_F32, {1}), x}).ports[0].values.at(0, 0), 4);
  fit::ReaderOutput targets = ids({{"rows", {1, 3}}}).read(labels, {y});
  EXPECT_EQ(targets.ports[0].values.rows, 2);
  EXPECT_EQ(targets.ports[0].values.at(0, 0), 1);
  EXPECT_EQ(ids().read(folder.write("n.txt", "neg\npos\nneg\n"), {y}).ports[0].values.labels,
            (std::vector<std::string>{"neg", "pos"}));
  EXPECT_EQ(ids().complaint(sequences, {x, y}).text, "nothing says where target y comes from");
  Complaint mixed = ids().complaint(folder.write("m.txt", "0\none\n"), {y});
  EXPECT_EQ(mixed.place, folder.path("m.txt") + ":2:y");
  Complaint range = ids({{"rows", {0, 9}}}).complaint(sequences, {x});
  EXPECT_EQ(range.text, "rows = [0, 9], but there are only 3 examples");
}

TEST_F(SequenceReaderTest, RefusesOtherIds) {
  Complaint negative = complaint(ids(), "1 2\n3 -4\n");
  EXPECT_EQ(negative.place, folder.path("x.txt") + ":2:3");
  EXPECT_EQ(negative.text, "expected ids, which are whole numbers of at least 0, found '-4'");
  for (const char *text : {"a\n", "1.5\n", "99999999999\n", "1,2\n", "0x1\n"})
    EXPECT_EQ(complaint(ids(), text).place, folder.path("x.txt") + ":1:1") << text;
  EXPECT_EQ(complaint(ids(), "1\n\n2\n").place, folder.path("x.txt") + ":2");
  EXPECT_EQ(complaint(ids(), "1\n\n2\n").text, "the sequence is empty");
  EXPECT_EQ(complaint(ids(), "").text, "the file is empty");
  EXPECT_EQ(complaint(ids({{"length", 5}}), "1\n").text, "input x (i32[batch, 4]) does not take sequences of length 5");
}

TEST_F(SequenceReaderTest, ReadsLettersFromLinesAndTables) {
  fit::PortData port = read(letters(), "ACG\nGG\n");
  EXPECT_EQ(port.values.dtype, DLC_U8);
  EXPECT_EQ(rowOf(port, 0), (Values{0, 1, 2, 3}));
  std::string table = folder.write("s.tsv", "split\tkind\tsequence\ntrain\tb\tAC\ntest\ta\tGG\ntrain\ta\tC\n");
  ReaderCall call = letters({{"column", "sequence"}, {"label", "kind"}, {"where", {"split=train"}}});
  fit::ReaderOutput output = call.read(table, {x, y});
  EXPECT_EQ(output.ports[0].values.rows, 2);
  EXPECT_EQ(rowOf(output.ports[0], 0), (Values{0, 0, 1, 2}));
  EXPECT_EQ(output.ports[1].values.labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(output.ports[1].values.at(0, 0), 1);
  ReaderCall number = call;
  number.spec.options["where"] = "split=test";
  EXPECT_EQ(number.complaint(table, {x, portOf("y", DLC_F32, {}, 1)}).place, table + ":3:kind");
  EXPECT_EQ(letters({{"column", "sequnce"}}).complaint(table, {x}).remedy,
            "did you mean 'sequence'? the columns are split, kind, sequence");
}

TEST_F(SequenceReaderTest, ReadsFasta) {
  const char *fasta = ">one first\nAC\nG\n\n>two\nGG\n";
  fit::ReaderOutput output = letters({{"column", "sequence"}}).read(folder.write("s.fa", fasta), {x});
  EXPECT_EQ(rowOf(output.ports[0], 0), (Values{0, 1, 2, 3}));
  EXPECT_EQ(rowOf(output.ports[0], 1), (Values{0, 0, 3, 3}));
  EXPECT_EQ(output.names.title, "id");
  EXPECT_EQ(output.names.names, (std::vector<std::string>{"one", "two"}));
  Complaint letter = complaint(letters(), ">one\nAC\nAT\n", "t.fa");
  EXPECT_EQ(letter.place, folder.path("t.fa") + ":3:2"); // of the line, not of the sequence
  EXPECT_EQ(complaint(letters(), ">one\n>two\nA\n", "e.fa").place, folder.path("e.fa") + ":1");
}

TEST_F(SequenceReaderTest, RefusesUnknownLetters) {
  Complaint found = complaint(letters(), "ACG\nAZ\n");
  EXPECT_EQ(found.place, folder.path("x.txt") + ":2:2");
  EXPECT_EQ(found.text, "unknown letter 'Z'");
  EXPECT_EQ(found.remedy, "correct or remove the sequence; the alphabet is XACG");
  EXPECT_EQ(complaint(letters(), "acg\n").remedy, "write capitals; the alphabet is XACG");
  ReaderCall twice = letters();
  twice.spec.options["alphabet"] = "AA";
  EXPECT_EQ(complaint(twice, "A\n").text, "data.alphabet must be a string of different ASCII letters, found \"AA\"");
}

TEST_F(SequenceReaderTest, WordsAreNumberedByFrequency) {
  std::string file = folder.write("t.txt", "The cat, the DOG!\nthe cat's dog.\nÉté dog\n");
  fit::ReaderOutput output = words().read(file, {x});
  EXPECT_EQ(output.words, "the dog cat"); // 3 and 3 times, "the" is first; 4, 5, 6 of 7 ids
  EXPECT_EQ(rowOf(output.ports[0], 0), (Values{4, 6, 4, 5}));
  EXPECT_EQ(rowOf(output.ports[0], 1), (Values{1, 4, 2, 5})); // cat's is another word
  EXPECT_EQ(rowOf(output.ports[0], 2), (Values{0, 1, 2, 5}));
  // A trained program brings its words.
  ReaderCall trained = words({{fit::kLearnedWords, "dog bird"}});
  fit::ReaderOutput again = trained.read(file, {x});
  EXPECT_EQ(again.words, "dog bird");
  EXPECT_EQ(rowOf(again.ports[0], 2), (Values{0, 1, 2, 4}));
  EXPECT_EQ(words({{"vocabulary", 100}}).read(file, {x}).words, "the dog cat cat's \xC3\xA9t\xC3\xA9");
}

TEST_F(SequenceReaderTest, ValidationRowsAreNotInTheVocabulary) {
  ReaderCall call = words({{"vocabulary", 100}});
  call.options.validationSplit = 0.25;
  EXPECT_EQ(call.read(folder.write("t.txt", "a b\nb c\nd\ne e e\n"), {x}).words, "b a c d");
}

TEST_F(SequenceReaderTest, RefusesTextWithoutVocabularyOrUtf8) {
  ReaderCall call(fit::readSequences, "text");
  EXPECT_EQ(call.complaint(folder.write("t.txt", "a\n"), {x}).text, "text: no size of the vocabulary is given");
  Complaint latin = words().complaint(folder.write("l.txt", "caf\xE9 au lait\n"), {x});
  EXPECT_EQ(latin.place, folder.path("l.txt") + ":1:4");
  EXPECT_EQ(latin.text, "the text is not UTF-8");
}

} // namespace
} // namespace dlc::test
