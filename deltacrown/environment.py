"""Every variable that configures the platform, typed, in one place."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    """The process environment and ``.env``, checked."""

    model_config = SettingsConfigDict(
        env_file=BASE_DIR / ".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        case_sensitive=True,
    )

    ENVIRONMENT: Literal["development", "testing", "staging", "production"] = "development"
    DEBUG: bool = False
    SECRET_KEY: SecretStr = SecretStr("development-only-key-that-is-replaced-by-the-environment-work")
    ALLOWED_HOSTS: str = "localhost,127.0.0.1"
    DB_ENGINE: str = "django.db.backends.postgresql"
    DB_NAME: str = "deltacrown"
    DB_USER: str = "deltacrown"
    DB_PASSWORD: SecretStr = SecretStr("")
    DB_HOST: str = "127.0.0.1"
    DB_PORT: int = 5432
    REDIS_URL: str = ""


env = Environment()
