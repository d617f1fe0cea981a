// Attention against PyTorch 1.13 in f64. Every tensor is a wave: element i is sin(0.9 i + phase).
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

const Values kMask = {{2, 4}, {1, 1, 0, 1, 0, 1, 1, 0}};

/// The answer to q [2, 2, 3], v and k [2, 4, 3] and a mask m of v.
std::vector<double> attended(const std::string &expression, const Named &params = {}) {
  ModelRunner runner("model M(q: f64[batch, 2, 3], v: f64[batch, 4, 3], k: f64[batch, 4, 3], m: i32[batch, 4])\n"
                     "    -> f64[batch, 2, 3] {\n  let layer = " +
                     expression + "\n}");
  runner.call("init");
  for (const auto &[name, values] : params) {
    EXPECT_TRUE(runner.variables.count(name)) << name;
    runner.variables[name] = values;
  }
  return runner
      .call("predict", {{"q", wave({2, 2, 3}, 0.1)},
                        {"v", wave({2, 4, 3}, 0.5)},
                        {"k", wave({2, 4, 3}, 1.3)},
                        {"m", kMask}})["output"]
      .data;
}

TEST(AttentionTest, WeighsValuesByProducts) {
  expectNear(attended("attention()\n  layer(q, v)"),
             {0.137346922126004, 0.695696085492706, 0.727556321132289, 0.273245417772347, -0.395929751487672,
              -0.765473178291676, -0.42091404854644, -0.0683016448795773, 0.336000081933583, 0.633325643799005,
              0.621681316772879, 0.139560963388303});
  expectNear(attended("attention(use_scale = true)\n  layer(q, v, k)", {{"layer/scale", {{}, {2.5}}}}),
             {-0.270524894217095, 0.552432579370201, 0.957320090485079, 0.602905082199936, -0.173164093853981,
              -0.818186135972319, -0.896334722208509, -0.573824811478859, 0.182944276495921, 0.748215145393675,
              0.852288394515336, 0.311366778350593});
}

TEST(AttentionTest, SeesOnlyWhatTheMasksLeave) {
  expectNear(attended("attention()\n  layer(q, v, value_mask = m > 0)"),
             {0.481103980376136, 0.83124438475675, 0.552315610891486, 0.295841581312746, -0.427008214185256,
              -0.826706706254767, -0.301897941276913, -0.459291013768935, -0.269101803714906, 0.79412631493139,
              0.543172642055648, -0.118843257343982});
  expectNear(attended("attention(use_causal_mask = true)\n  layer(q, v)"),
             {0.479425538604203, 0.98544972998846, 0.74570521217672, -0.01640881465066, -0.677529556840186,
              -0.825909438009071, -0.954019249902089, -0.358229282236827, 0.508661464372374, 0.843237614611265,
              0.64095148522595, -0.0463939498225893});
  std::vector<double> some = attended("attention()\n  layer(q, v, query_mask = m[:, :2] > 0)");
  std::vector<double> all = attended("attention()\n  layer(q, v)");
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(some[i], i / 3 == 2 ? 0 : all[i]) << i; // m[1, 0] is 0
}

TEST(AttentionTest, ComparesBySums) {
  expectNear(attended("attention(use_scale = true, score_mode = \"concat\")\n  layer(q, v, k)",
                      {{"layer/scale", {{}, {1.4}}}, {"layer/concat_score_weight", {{}, {0.7}}}}),
             {0.12418360310998, 0.607292145213486, 0.630814099124378, 0.0312808919559133, 0.553524948272657,
              0.656872359109663, 0.167285396349024, 0.485676372023871, 0.436517152058117, -0.197832823448703,
              0.15348656682069, 0.388650383311467});
  expectNear(attended("additive_attention()\n  layer(q, v, k)", {{"layer/scale", wave({3}, 2)}}),
             {0.279283852236175, 0.390667552863727, 0.206401838043823, 0.266176190938534, 0.42521343648531,
              0.262457630585254, 0.420871140186612, 0.549381755872526, 0.262131211486194, 0.392656696225364,
              0.524529625947073, 0.259448992058604});
}

TEST(AttentionTest, RefusesAnUnknownScore) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, 2, 3]) -> f64[batch, 2, 3] {\n"
                                             "  attention(score_mode = \"cosine\")(x, x)\n}");
  EXPECT_NE(errors.find("score_mode must be \"dot\" or \"concat\", got \"cosine\""), std::string::npos) << errors;
}

/// Parameters of the heads, in the layout of Keras: [n, heads, dim].
Named headParams(const std::string &layer) {
  return {{layer + "/query_dense/w", wave({6, 2, 3}, 1)},  {layer + "/query_dense/b", wave({2, 3}, 1.5)},
          {layer + "/key_dense/w", wave({6, 2, 3}, 2)},    {layer + "/key_dense/b", wave({2, 3}, 2.5)},
          {layer + "/value_dense/w", wave({6, 2, 3}, 3)},  {layer + "/value_dense/b", wave({2, 3}, 3.5)},
          {layer + "/output_dense/w", wave({2, 3, 6}, 4)}, {layer + "/output_dense/b", wave({6}, 4.5)}};
}

/// `layer` in a model of q [2, 3, 6], v and k [2, 4, 6] and m, a mask of these.
std::vector<double> answered(const std::string &layer, const std::string &call, const Named &params) {
  ModelRunner runner("model M(q: f64[batch, 3, 6], v: f64[batch, 4, 6], k: f64[batch, 4, 6], m: i32[batch, 4])\n"
                     "    -> f64[batch, 3, 6] {\n  let layer = " +
                     layer + "\n  layer" + call + "\n}");
  runner.call("init");
  for (const auto &[name, values] : params) {
    EXPECT_EQ(runner.variables[name].shape, values.shape) << name;
    runner.variables[name] = values;
  }
  return runner
      .call("predict", {{"q", wave({2, 3, 6}, 0.2)},
                        {"v", wave({2, 4, 6}, 0.4)},
                        {"k", wave({2, 4, 6}, 0.6)},
                        {"m", kMask}})["output"]
      .data;
}

TEST(AttentionTest, HasSeveralHeads) {
  Named params = headParams("layer");
  expectNear(answered("multi_head_attention(2, 3)", "(q, v, k)", params),
             {-5.8241644991434,  -6.79014359959195,  -2.61747739584782, 3.53604351762767,  7.01355719344026,
              5.18335061133012,  5.08806815599656,   2.69526502555894,  -1.73726094195911, -4.85506246357708,
              -4.29864950591337, -0.489104302377967, 7.18303973564729,  6.25900218830042,  0.59827656770361,
              -5.51521283176578, -7.45489911442339,  -3.75286637218968, 1.10590715435896,  8.91011960000499,
              9.97133116933489,  3.48643810356811,   -5.63692181146167, -10.4943716803019, -8.17935026679345,
              0.876581578454728, 9.26913396113322,   10.6469905564984,  3.96741696287285,  -5.71461869168262,
              -10.0524590465013, -5.67843560568069,  2.99291469315293,  9.39928682057589,  8.69246607145718,
              1.40736029716876});
  const std::vector<double> masked = {
      -5.90001648547535, -6.83742212868448, -2.60040301945405, 3.60454925185693,  7.08165051160772,  5.19949984779189,
      6.51152150346837,  5.52368582918919,  0.355634842570457, -5.08155350277687, -6.67312346582408, -3.2146066289374,
      7.19562265864671,  6.28132725187515,  0.613448608824847, -5.51867571134057, -7.47437627646984, -3.77361788877828,
      -2.0334109151859,  7.78635651748761,  11.713564570745,   6.77618048482676,  -3.28928189840608, -10.8654813178297,
      -8.05573021825258, 1.29543101974805,  9.6662358884174,   10.7218261480438,  3.66335213496073,  -6.16747373928934,
      -8.6270520543561,  0.678068611559078, 9.47004047058923,  11.0952745013307,  4.32382599086374,  -5.71980782735332};
  expectNear(answered("multi_head_attention(2, 3)", "(q, v, k, key_mask = m > 0)", params), masked);
  expectNear(answered("multi_head_attention(2, 3)", "(q, v, k, value_mask = m > 0)", params), masked);
  std::string whole = "(q, v, k, attention_mask = broadcast_to((m > 0)[:, none], [q.shape[0], 3, 4]))";
  expectNear(answered("multi_head_attention(2, 3)", whole, params), masked);
  const std::vector<double> causal = {
      -9.11039794168964, -7.17022200127839, 0.19623500027307, 7.41418526586507,  9.02122793546136,  3.80118515558407,
      -3.07071217949213, -6.16671656896741, -4.5958728020479, 0.453035875653402, 5.15909603462867,  5.96085516912828,
      4.39433521573103,  0.406742253152896, -3.8886651375776, -5.2412082787226,  -2.6273094860958,  1.97488474614415,
      7.28213532183728,  7.68539783487922,  2.27250448673613, -4.86017495108925, -8.31477088100906, -5.47691397595453,
      3.71908313132269,  10.3582198595189,  9.15846230510959, 1.02776306625555,  -7.88072677109984, -10.8252397025219,
      -3.70122834976346, 6.49916162426435,  11.7811156518532, 8.14735622881867,  -1.65215995808166, -10.2013544270611};
  expectNear(answered("multi_head_attention(2, 3, use_causal_mask = true)", "(q, q)", params), causal);
  std::string lower = "(q, q, attention_mask = iota(3)[:, none] >= iota(3)[none, :])";
  expectNear(answered("multi_head_attention(2, 3)", lower, params), causal);
}

TEST(AttentionTest, HeadsMayHaveOtherWidths) {
  ModelRunner runner("model M(q: f64[batch, 3, 6], v: f64[batch, 4, 5]) -> f64[batch, 3, 7] {\n"
                     "  multi_head_attention(2, 3, value_dim = 4, output_dim = 7, use_bias = false)(q, v)\n}");
  runner.call("init");
  EXPECT_EQ(runner.variables["multi_head_attention_1/key_dense/w"].shape, (std::vector<int64_t>{5, 2, 3}));
  EXPECT_EQ(runner.variables["multi_head_attention_1/value_dense/w"].shape, (std::vector<int64_t>{5, 2, 4}));
  EXPECT_EQ(runner.variables["multi_head_attention_1/output_dense/w"].shape, (std::vector<int64_t>{2, 4, 7}));
  EXPECT_FALSE(runner.variables.count("multi_head_attention_1/key_dense/b"));
}

TEST(AttentionTest, TransformerBlocksNormalizeAfterOrBefore) {
  Named params = headParams("layer/self_attention");
  params["layer/intermediate/w"] = wave({6, 5}, 0.3);
  params["layer/intermediate/b"] = wave({5}, 0.8);
  params["layer/output/w"] = wave({5, 6}, 1.8);
  params["layer/output/b"] = wave({6}, 2.8);
  params["layer/attention_norm/gamma"] = wave({6}, 5);
  params["layer/attention_norm/beta"] = wave({6}, 5.1);
  params["layer/output_norm/gamma"] = wave({6}, 5.2);
  params["layer/output_norm/beta"] = wave({6}, 5.3);
  expectNear(answered("transformer_encoder(5, 2)", "(q)", params),
             {-1.89388908555754,   -0.303353963013178, 0.987480946865824,   0.514793890218941,   -0.191006562253854,
              -0.0550062291192311, 0.526387532359104,  0.00551933393958468, 0.481607177288483,   0.849686728425743,
              1.28434131100633,    -0.692984853109157, 0.543116826509557,   0.00922187931517023, 0.511275139416112,
              0.858580125389903,   1.26067296502821,   -0.699959782688269,  -2.21694861377829,   -0.167647839101325,
              0.599804276305204,   -0.161585985491171, -0.242461386171222,  -0.526359954584319,  -2.30833632700827,
              -0.227756909521387,  0.691359472900591,  0.0793819024678191,  -0.26356847083837,   -0.314953966613174,
              -2.30865093087913,   -0.223514559463653, 0.685875967667962,   0.0593351340753066,  -0.267078588761496,
              -0.330538957216955});
  expectNear(answered("transformer_encoder(5, 2, normalize_first = true)", "(q)", params),
             {2.83678393610308,   -2.06024698998422,  -5.39812406825072,  -4.65080847158866, -0.383853744663615,
              4.17359384350681,   2.43900574967347,   -2.15043169045839,  -5.11246529942161, -4.20548709465829,
              -0.115880099524853, 4.0614226446806,    2.22107130295082,   -2.77986705053371, -5.67705744110868,
              -4.27796394114289,  0.358607381674913,  4.72379178743203,   3.14016056411073,  -1.5570064700899,
              -5.07586204905032,  -4.75340642442299,  -0.833667584275973, 3.71697426320285,  3.74763435311959,
              -1.40487212804152,  -5.49419939099205,  -5.42562609017303,  -1.25104713252984, 3.87029935345907,
              4.28204485442051,   -0.679363013695397, -5.12664249719542,  -5.69418114633798, -1.95247702620971,
              3.26682278171513});
  // A mask of nothing changes nothing.
  expectNear(answered("transformer_encoder(5, 2)", "(q, padding_mask = m[:, :3] >= 0)", params),
             answered("transformer_encoder(5, 2)", "(q)", params));
}

TEST(AttentionTest, HeadsMustDivideTheWidth) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, 2, 3]) -> f64[batch, 2, 3] {\n"
                                             "  x |> transformer_encoder(5, 2)\n}");
  EXPECT_NE(errors.find("the last size of x, 3, must be a multiple of num_heads, 2"), std::string::npos) << errors;
}

TEST(AttentionTest, PositionsAreSinesAndCosines) {
  ModelRunner runner(
      "model M(x: f64[batch, 3, 5]) -> f64[batch, 3, 5] { x |> positional_encoding(max_wavelength = 100.0) }");
  std::vector<double> expected;
  for (int t = 0; t < 3; ++t)
    for (int i = 0; i < 5; ++i) {
      double angle = t / std::pow(100.0, 2.0 * (i / 2) / 5);
      expected.push_back(1 + (i % 2 ? std::cos(angle) : std::sin(angle)));
    }
  expectNear(runner.call("predict", {{"x", {{1, 3, 5}, std::vector<double>(15, 1)}}})["output"].data, expected);
}

TEST(AttentionTest, PositionsMayBeLearned) {
  ModelRunner runner("model M(x: f64[batch, 2, 2]) -> f64[batch, 2, 2] { x |> position_embedding() }");
  runner.call("init");
  runner.variables["position_embedding_1/position_embeddings"].data = {1, 2, 3, 4};
  expectNear(runner.call("predict", {{"x", {{2, 2, 2}, {0, 0, 0, 0, 1, 1, 1, 1}}}})["output"].data,
             {1, 2, 3, 4, 2, 3, 4, 5});
}

} // namespace
