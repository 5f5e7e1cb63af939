"""Golden cases of layers that take texts. Texts are kept as bytes, in UTF-8."""

from layer_cases import BOTH, NEW, case

WORDS = ["cat", "dog", "köln", "東京", "the", "a", "ß", "Dog", "naïve"]
# Known, unknown, empty, of several alphabets, twice, and other only in case or in an accent.
CELLS = ["cat", "dog", "cow", "", "köln", "koln", "東京", "dog", "DOG", "Dog", "🙂", "the cat"]
TEXTS = [
    "The cat sat on the dog!",
    "",
    "  a\tdog,   a  DOG;\n the naïve dog?  ",
    "Köln, 東京 & ß... köln",
    "it's {one} [two] (three) <four> \\\\ ^_^ ~ `x` \"y\" 100%",
    "unknown words alone here and many more of them than any other text has",
    "!?.",
    "🙂 cat\u00a0dog É é",
]


def texts(values, *shape):
    import numpy as np

    return np.array([value.encode() for value in values]).reshape(shape)


def lookups():
    still = dict(gradient=False)
    words = dict(vocabulary=WORDS)
    some = [texts(CELLS, 4, 3)]
    column = [texts(CELLS, 12, 1)]
    row = [texts(CELLS, 12)]
    idf = [0.5 + 0.25 * i for i in range(len(WORDS))]
    found = []
    for name, config, spec, generations in (
        ("plain", {}, some, BOTH),
        ("row", {}, row, BOTH),
        ("mask", dict(mask_token=""), some, BOTH),
        ("mask_word", dict(mask_token="mask", oov_token="?"), some, BOTH),
        ("no_oov", dict(num_oov_indices=0, mask_token=""), [texts(["cat", "", "東京", "ß"], 2, 2)], BOTH),
        ("oov", dict(num_oov_indices=3), some, BOTH),
        ("oov_mask", dict(num_oov_indices=3, mask_token=""), some, BOTH),
        ("salted", dict(num_oov_indices=3, salt=[3, 4]), some, NEW),
        ("one_hot", dict(output_mode="one_hot"), column, BOTH),
        ("one_hot_row", dict(output_mode="one_hot"), row, BOTH),
        ("one_hot_mask", dict(output_mode="one_hot", mask_token=""), column, BOTH),
        ("multi_hot", dict(output_mode="multi_hot", num_oov_indices=2), some, BOTH),
        ("count", dict(output_mode="count", mask_token=""), some, BOTH),
        ("padded", dict(output_mode="count", max_tokens=13, pad_to_max_tokens=True), some, BOTH),
        ("tf_idf", dict(output_mode="tf_idf", idf_weights=idf), some, BOTH),
        ("tf_idf_padded", dict(output_mode="tf_idf", idf_weights=idf, max_tokens=13, pad_to_max_tokens=True), some, BOTH),
        ("tf_idf_special", dict(output_mode="tf_idf", vocabulary=["[UNK]"] + WORDS, idf_weights=[2.0] + idf), some, BOTH),
        ("special", dict(vocabulary=["", "[UNK]"] + WORDS, mask_token=""), some, BOTH),
        ("invert", dict(invert=True), [("int", (5, 3), 12)], BOTH),
        ("invert_mask", dict(invert=True, mask_token="", num_oov_indices=2, oov_token="?"), [("int", (5, 3), 13)], BOTH),
    ):
        found.append(case(f"string_lookup_{name}", "StringLookup", words | config, spec, generations, **still))
    return found


def hashes():
    still = dict(gradient=False)
    some = [texts(CELLS, 4, 3)]
    column = [texts(CELLS, 12, 1)]
    other = texts(list(reversed(CELLS)), 12, 1)
    numbers = ("int", (12, 1), 5)
    return [
        case("hashing_text", "Hashing", dict(num_bins=7), some, **still),
        case("hashing_text_mask", "Hashing", dict(num_bins=7, mask_value=""), some, **still),
        case("hashing_text_salt", "Hashing", dict(num_bins=7, salt=[133, 137]), some, **still),
        case("hashing_text_one_hot", "Hashing", dict(num_bins=7, output_mode="one_hot"), column, **still),
        case("hashing_text_count", "Hashing", dict(num_bins=7, output_mode="count"), some, **still),
        case("crossing_texts", "HashedCrossing", dict(num_bins=11), column + [other], **still),
        case("crossing_row", "HashedCrossing", dict(num_bins=11), [texts(CELLS, 12), texts(CELLS, 12)], **still),
        case("crossing_numbers", "HashedCrossing", dict(num_bins=11), [numbers, numbers], **still),
        case("crossing_three", "HashedCrossing", dict(num_bins=11), column + [numbers, other], **still),
        case("crossing_one_hot", "HashedCrossing", dict(num_bins=11, output_mode="one_hot"), column + [numbers], **still),
    ]


def vectorized():
    still = dict(gradient=False)
    words = dict(vocabulary=["dog", "cat", "a", "köln", "東京", "naïve", "the", "the cat", "a dog", "c", "é"])
    column = [texts(TEXTS, 8, 1)]
    row = [texts(TEXTS, 8)]
    idf = [0.5 + 0.25 * i for i in range(11)]
    some = [texts(CELLS, 4, 3)]
    found = []
    for name, config, spec, generations in (
        ("plain", {}, column, BOTH),
        ("row", {}, row, BOTH),
        ("length", dict(output_sequence_length=4), column, BOTH),
        ("longer", dict(output_sequence_length=20), column, BOTH),
        ("lower", dict(standardize="lower"), column, BOTH),
        ("strip", dict(standardize="strip_punctuation"), column, BOTH),
        ("as_is", dict(standardize=None), column, BOTH),
        ("characters", dict(split="character", output_sequence_length=9), column, BOTH),
        ("characters_ngrams", dict(split="character", ngrams=2), column, BOTH),
        ("ngrams", dict(ngrams=2), column, BOTH),
        ("ngrams_only", dict(ngrams=(2,), output_sequence_length=5), column, NEW),
        ("ngrams_some", dict(ngrams=(1, 3), output_mode="count"), column, NEW),
        ("multi_hot", dict(output_mode="multi_hot"), column, BOTH),
        ("count", dict(output_mode="count", ngrams=2), column, BOTH),
        ("padded", dict(output_mode="multi_hot", max_tokens=20, pad_to_max_tokens=True), column, BOTH),
        ("tf_idf", dict(output_mode="tf_idf", idf_weights=idf), column, BOTH),
        ("unsplit", dict(split=None, standardize="lower"), some, BOTH),
        ("unsplit_row", dict(split=None, standardize=None), row, BOTH),
        ("unsplit_cut", dict(split=None, output_sequence_length=2), some, BOTH),
        ("unsplit_filled", dict(split=None, output_sequence_length=5), some, BOTH),
        ("unsplit_ngrams", dict(split=None, ngrams=2), some, BOTH),
        ("unsplit_count", dict(split=None, output_mode="count"), some, BOTH),
        ("unsplit_one_hot", dict(split=None, output_mode="one_hot"), [texts(CELLS, 12, 1)], NEW),
    ):
        found.append(case(f"text_{name}", "TextVectorization", words | config, spec, generations, **still))
    return found


def numbers_weighed():
    still = dict(gradient=False)
    config = dict(vocabulary=[7, 2, 5], output_mode="tf_idf", idf_weights=[0.5, 0.25, 2.0])
    return [
        case("integer_lookup_tf_idf", "IntegerLookup", config, [("int", (5, 3), 9)], **still),
    ]


def cases():
    return lookups() + hashes() + vectorized() + numbers_weighed()
