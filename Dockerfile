# The image that web, worker, beat and migrate share: docker-compose.yml
FROM python:3.11-slim AS build
WORKDIR /srv/yorozu
COPY requirements ./requirements
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt \
 && .venv/bin/uv pip install --no-cache --python .venv/bin/python --require-hashes -r requirements/run.txt
ENV PATH=/srv/yorozu/.venv/bin:$PATH
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --silent
COPY . .
RUN python tools/translations.py compile \
 && DATA_DIR=/srv/yorozu/.local python manage.py collectstatic --noinput --verbosity 0 --skip-checks

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home yorozu && install -d -o yorozu -g yorozu /data
WORKDIR /srv/yorozu
COPY --from=build /srv/yorozu /srv/yorozu
ENV PATH=/srv/yorozu/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data STATIC_ROOT=/srv/yorozu/.local/static
USER yorozu
EXPOSE 8000
CMD ["gunicorn", "yorozu.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--timeout", "60", "--access-logfile", "-"]
