"""Language models: one protocol for providers and local weights, a cache, and hard budgets."""

from successor.llm.budget import Budget, Limits
from successor.llm.errors import (
    AnswerError,
    BudgetError,
    LLMError,
    SetupError,
    UnavailableError,
)
from successor.llm.local.tuning import Tuning
from successor.llm.opening import open_model
from successor.llm.patience import Patience
from successor.llm.prices import Price
from successor.llm.protocol import LanguageModel, Message, OnText, Reply, Request, Usage

__all__ = [
    "AnswerError",
    "Budget",
    "BudgetError",
    "LLMError",
    "LanguageModel",
    "Limits",
    "Message",
    "OnText",
    "Patience",
    "Price",
    "Reply",
    "Request",
    "SetupError",
    "Tuning",
    "UnavailableError",
    "Usage",
    "open_model",
]
