from pathlib import Path
import lxml.etree  # compiled from its sources

SECRET_KEY = "only for this test"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
ROOT_URLCONF = "site1.urls"
STATIC_URL = "static/"
STATIC_ROOT = "/srv/static"
STATICFILES_DIRS = [Path(__file__).parent / "assets"]
USE_TZ = True
