"""A hash of passwords as the product has it, with a fifth of the rounds, for tests that ask how long it takes, many times over."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Brisk(PBKDF2PasswordHasher):
    """It still takes several times as long as all else of a request: where it is left out, that stands out."""

    iterations = PBKDF2PasswordHasher.iterations // 5
