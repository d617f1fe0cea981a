// Folders and tables of images: classes, sizes, and images that cannot be read.
#include "test/unit/tools/fit/ImageBytes.h"
#include "test/unit/tools/fit/ReaderCall.h"

namespace dlc::test {
namespace {

class ImageReaderTest : public testing::Test {
protected:
  void SetUp() override {
    for (const char *name : {"cats", "dogs"})
      std::filesystem::create_directory(folder.path(name));
    folder.write("cats/b.png", pngOf(1, 2, 1, {10, 20}));
    folder.write("cats/a.png", pngOf(1, 2, 1, {30, 40}));
    folder.write("dogs/c.PNG", pngOf(1, 2, 1, {50, 60}));
    folder.write("dogs/notes.txt", "no image");
    folder.write("dogs/.hidden.png", "no image");
  }
  static ReaderCall call(const nlohmann::json &options = nlohmann::json::object()) {
    return ReaderCall(fit::readImages, "images", options);
  }
  TemporaryFolder folder;
  const dlc_port *grey = portOf("x", DLC_F32, {1, 2, 1}), *colour = portOf("x", DLC_F32, {1, 2, 3});
  const dlc_port *y = portOf("y", DLC_I32, {}, 1);
};

TEST_F(ImageReaderTest, FoldersAreClasses) {
  fit::ReaderOutput output = call().read(folder.path(""), {grey, y});
  const fit::PortData &image = output.ports[0], &label = output.ports[1];
  EXPECT_EQ(image.values.dtype, DLC_U8);
  EXPECT_EQ(image.values.rows, 3);
  EXPECT_EQ(rowOf(image, 0), (std::vector<double>{30, 40}));
  EXPECT_EQ(rowOf(image, 1), (std::vector<double>{50, 60})); // classes take turns
  EXPECT_EQ(label.values.at(1, 0), 1);
  EXPECT_EQ(label.values.at(2, 0), 0);
  EXPECT_EQ(label.values.labels, (std::vector<std::string>{"cats", "dogs"}));
  EXPECT_EQ(output.names.title, "file");
  EXPECT_EQ(output.names.names, (std::vector<std::string>{"cats/a.png", "dogs/c.PNG", "cats/b.png"}));
  fit::ReaderOutput some = call({{"rows", {1, 3}}}).read(folder.path(""), {grey, y});
  EXPECT_EQ(some.ports[0].values.rows, 2);
  EXPECT_EQ(some.ports[1].values.at(0, 0), 1);
  EXPECT_EQ(some.ports[1].values.at(1, 0), 0);
}

TEST_F(ImageReaderTest, ColoursAndSizesFollowTheModel) {
  fit::ReaderOutput output = call({{"size", {1, 2}}}).read(folder.path(""), {colour});
  EXPECT_EQ(rowOf(output.ports[0], 0), (std::vector<double>{30, 30, 30, 40, 40, 40}));
  const dlc_port *wide = portOf("x", DLC_F32, {1, 4}); // without channels: grey
  EXPECT_EQ(rowOf(call({{"size", {1, 4}}}).read(folder.path(""), {wide}).ports[0], 0),
            (std::vector<double>{30, 30, 40, 40}));
  EXPECT_EQ(rowOf(call({{"size", {1, 4}}, {"interpolation", "bilinear"}}).read(folder.path(""), {wide}).ports[0], 0),
            (std::vector<double>{30, 33, 38, 40}));
  EXPECT_EQ(call().complaint(folder.path(""), {portOf("x", DLC_F32, {4})}).text,
            "nothing says how large the images for x (f32[batch, 4]) are");
  EXPECT_EQ(call({{"size", {5, 5}}}).complaint(folder.path(""), {grey}).text,
            "input x: f32[batch, 1, 2, 1] does not take images of 5x5 grey");
}

TEST_F(ImageReaderTest, WithoutASizeAllMustFit) {
  folder.write("dogs/d.png", pngOf(2, 2, 1, {1, 2, 3, 4}));
  Complaint size = call().complaint(folder.path(""), {grey, y});
  EXPECT_EQ(size.place, folder.path("") + "dogs/d.png");
  EXPECT_EQ(size.text, "the image is 2x2 grey, the model takes 1x2 grey");
  EXPECT_EQ(size.remedy, "let them all be converted: size = [1, 2] in images(…)");
  EXPECT_EQ(call().complaint(folder.path("cats"), {colour}).text, "the image is 1x2 grey, the model takes 1x2 RGB");
}

TEST_F(ImageReaderTest, BadImagesAreNamedOrSkipped) {
  folder.write("cats/aa.jpg", "broken");
  Complaint found = call().complaint(folder.path(""), {grey, y});
  EXPECT_EQ(found.place, folder.path("") + "cats/aa.jpg");
  EXPECT_EQ(found.text, "expected a PNG or JPEG image, found something else");
  ReaderCall skipping = call();
  skipping.options.skipBad = true;
  fit::ReaderOutput output = skipping.read(folder.path(""), {y, grey}); // in whatever order
  EXPECT_EQ(output.skipped, (std::vector<std::string>{folder.path("") + "cats/aa.jpg"}));
  EXPECT_EQ(output.ports[0].values.rows, 3);
  EXPECT_EQ(output.names.names, (std::vector<std::string>{"cats/a.png", "dogs/c.PNG", "cats/b.png"}));
  EXPECT_EQ(output.ports[0].values.at(1, 0), 1);
  EXPECT_EQ(rowOf(output.ports[1], 2), (std::vector<double>{10, 20}));
}

TEST_F(ImageReaderTest, TablesChooseImages) {
  std::string table = folder.write("index.tsv", "split\timage\tkind\ntrain\tdogs/c.PNG\tdog\ntest\tcats/a.png\tcat\n"
                                                "train\tcats/b.png\tcat\n");
  nlohmann::json columns = {{"file", "image"}, {"label", "kind"}, {"where", "split=train"}};
  fit::ReaderOutput output = call(columns).read(table, {grey, y});
  EXPECT_EQ(output.ports[0].values.rows, 2);
  EXPECT_EQ(rowOf(output.ports[0], 0), (std::vector<double>{50, 60}));
  EXPECT_EQ(output.ports[1].values.labels, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(output.ports[1].values.at(0, 0), 1);
  Complaint column = call({{"file", "imag"}}).complaint(table, {grey});
  EXPECT_EQ(column.text, "file: there is no column 'imag'");
  columns["where"] = "split=trian";
  Complaint none = call(columns).complaint(table, {grey, y});
  EXPECT_EQ(none.text, "no row has split = 'trian'");
  EXPECT_EQ(none.remedy, "did you mean 'train'? its values are test, train");
}

TEST_F(ImageReaderTest, PredictsFilesAndFoldersWithoutClasses) {
  std::string a = folder.path("cats/a.png");
  fit::ReaderOutput one = call().read(a, {grey}, {folder.path("dogs")});
  EXPECT_EQ(one.names.names, (std::vector<std::string>{a, "c.PNG"}));
  EXPECT_EQ(one.ports[0].values.rows, 2);
  EXPECT_EQ(call().complaint(a, {grey, y}).text, "found an image, expected a folder of images or a table of them");
}

TEST_F(ImageReaderTest, RefusesFoldersWithoutClasses) {
  EXPECT_EQ(call().complaint(folder.path("cats"), {grey, y}).text,
            "the folder has no folders in it, one for each class");
  std::filesystem::create_directory(folder.path("empty"));
  EXPECT_EQ(call().complaint(folder.path("empty"), {grey}).text, "the folder holds no images");
  Complaint empty = call().complaint(folder.path(""), {grey, y});
  EXPECT_EQ(empty.place, folder.path("") + "empty");
  EXPECT_EQ(empty.text, "the folder of this class holds no images");
  std::filesystem::remove(folder.path("empty"));
  ReaderCall known = call();
  known.options.classNames = {"cats", "birds"};
  Complaint unknown = known.complaint(folder.path(""), {grey, y});
  EXPECT_EQ(unknown.text, "unknown class 'dogs'");
  EXPECT_EQ(unknown.remedy, "the classes are cats, birds");
  EXPECT_EQ(call().complaint(folder.path("nothing"), {grey}).code, fit::ExitCode::Io);
}

} // namespace
} // namespace dlc::test
