"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yorozu.settings")
application = get_wsgi_application()

from yorozu.safety import refuse_unsafe_start  # noqa: E402  (settings come first)

refuse_unsafe_start()
