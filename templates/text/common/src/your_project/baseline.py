"""A simple model to compare with: what a network must beat to be worth its trouble.

On a few thousand short texts it often wins, above all against networks that begin with random weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import words

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings

MOST_TEXTS = 25_000  # more make it slower, hardly better
FOR_CHOICE = 4_000  # texts by which its one setting is chosen
FOLDS = 3
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # the larger, the less the weights are held small


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return the test accuracy of logistic regression on TF-IDF, or None without scikit-learn.

    Words and pairs of words count, in Chinese characters and up to three in a row. Which there are, and how
    rare each is, is learned from the training texts alone; so is, by cross-validation among them, how small
    the weights are held. No setting of the network matters to it.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import make_pipeline
    except ImportError:
        return None
    few = data.limited(MOST_TEXTS)
    split, longest = (words.characters, 3) if data.chinese else (words.words, 2)
    # token_pattern=None: else it warns that its own pattern is not used
    features = TfidfVectorizer(
        tokenizer=split, token_pattern=None, lowercase=False, ngram_range=(1, longest), sublinear_tf=True
    )
    model = make_pipeline(features, LogisticRegression(max_iter=1000))
    choice = data.limited(FOR_CHOICE).train
    folds = min(FOLDS, int(np.bincount(choice.labels, minlength=len(data.classes)).min()))
    strength = 10.0  # for texts too few to choose by: TF-IDF rows have length 1, and the usual 1 is too small
    if folds > 1:
        # the whole pipeline is fitted in each fold: its words and their weights come from the other folds
        grid = {"logisticregression__C": STRENGTHS}
        found = GridSearchCV(model, grid, scoring="neg_log_loss", cv=folds, refit=False)
        strength = found.fit(choice.texts, choice.labels).best_params_["logisticregression__C"]
    model.set_params(logisticregression__C=strength).fit(few.train.texts, few.train.labels)
    return {
        "name": "TF-IDF and logistic regression",
        "accuracy": float(model.score(data.test.texts, data.test.labels)),
        "training_samples": len(few.train),
    }
