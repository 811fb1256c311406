"""Settings: from where, in which order, and in words when they cannot be."""

import pytest
from refusing import refused

from engine.config import Secret, Settings, load, must_have_screen
from engine.domain.shared.errors import Misconfigured
from engine.words.errors import sentence

KEY = "sk_test_abc123"


@pytest.fixture
def settings(tmp_path):
    def settings(file="", dotenv="", **environ):
        (tmp_path / "config.toml").write_text(file)
        (tmp_path / ".env").write_text(dotenv)
        return load(environ={"DRIVESPHERE_CONFIG": str(tmp_path / "config.toml")} | environ, cwd=tmp_path)

    return settings


def test_nothing_set_means_the_embedded_servers_and_the_sandbox(settings):
    plain = settings()

    assert plain.embedded
    assert not plain.stripe_api_key


def test_the_environment_wins_over_dotenv_and_dotenv_over_the_file(settings):
    file = 'database = "of_file"\nsuccess_url = "of_file"\nvalkey = "of_file"'
    dotenv = "DRIVESPHERE_DATABASE=of_dotenv\nDRIVESPHERE_SUCCESS_URL=of_dotenv"
    got = settings(file, dotenv, DRIVESPHERE_DATABASE="of_env")

    assert ("of_env", "of_dotenv", "of_file") == (got.database, got.success_url, got.valkey)


def test_a_data_folder_given_on_the_command_line_wins(tmp_path):
    got = load(tmp_path / "mine", environ={"DRIVESPHERE_DATA_DIR": "/elsewhere"}, cwd=tmp_path)

    assert tmp_path / "mine" == got.data_dir


def test_S6_secrets_are_never_shown(settings):
    got = settings(STRIPE_API_KEY=KEY)

    assert KEY not in f"{got} {got!r} {got.stripe_api_key} {got.stripe_api_key!r} {got.stripe_api_key:>20}"
    assert KEY == got.stripe_api_key.reveal()
    assert not Secret("")


@pytest.mark.parametrize(
    ("file", "environ", "word"),
    [
        ("not toml at all", {}, "cannot be read"),
        ("database = 5", {}, "in quotes"),
        ('colour = "red"', {}, "Unknown setting: colour"),
        ("", {"DRIVESPHERE_MONGO_URL": "http://x", "DRIVESPHERE_REDIS_URL": "redis://x"}, "mongodb://"),
        ("", {"DRIVESPHERE_MONGO_URL": "mongodb://me:hush@x", "DRIVESPHERE_REDIS_URL": "redis://x"}, "no name"),
        ("", {"DRIVESPHERE_MONGO_URL": "mongodb://x"}, "redis_url"),
        ("", {"STRIPE_API_KEY": "pk_test_1"}, "sk_test_"),
        ("", {"STRIPE_API_KEY": "sk_live_1"}, "success_url"),
        ("", {"STRIPE_API_KEY": "sk_live_1", "DRIVESPHERE_SUCCESS_URL": "http://plain"}, "https"),
    ],
)
def test_what_cannot_work_is_said_in_words_and_without_secrets(settings, file, environ, word):
    with refused(Misconfigured, match=word) as caught:
        settings(file, **environ)

    assert "hush" not in sentence(caught.value) + str(caught.value)


def test_a_machine_without_a_screen_is_told_so():
    must_have_screen({"DISPLAY": ":0"}, "linux")
    must_have_screen({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    must_have_screen({}, "darwin")
    with refused(Misconfigured, match="no screen"):
        must_have_screen({}, "linux")


def test_settings_are_frozen(tmp_path):
    with pytest.raises(AttributeError):
        Settings(tmp_path).database = "other"
