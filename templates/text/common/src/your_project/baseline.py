"""A simple model to compare with: what a network must beat to be worth its trouble.

On a few thousand short texts it often wins, above all against networks that begin with random weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import words

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings

MOST_TEXTS = 25_000  # more make it slower, hardly better


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return the test accuracy of logistic regression on TF-IDF, or None without scikit-learn.

    Words and pairs of words count, in Chinese characters and up to three in a row. Which there are, and how
    rare each is, is learned from the training texts alone. No setting of the network matters to it.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError:
        return None
    few = data.limited(MOST_TEXTS)
    split, longest = (words.characters, 3) if data.chinese else (words.words, 2)
    # token_pattern=None: else it warns that its own pattern is not used
    features = TfidfVectorizer(
        tokenizer=split, token_pattern=None, lowercase=False, ngram_range=(1, longest), sublinear_tf=True
    )
    # C=10: TF-IDF rows have length 1, and the usual 1 would hold the weights too small (by cross-validation)
    model = make_pipeline(features, LogisticRegression(C=10, max_iter=1000))
    model.fit(few.train.texts, few.train.labels)
    return {
        "name": "TF-IDF and logistic regression",
        "accuracy": float(model.score(data.test.texts, data.test.labels)),
        "training_samples": len(few.train),
    }
