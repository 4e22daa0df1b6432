FROM python:3.11-slim
WORKDIR /app
# `--build-arg PIP_EXTRA_INDEX_URL=...` may name an index with CPU-only torch wheels.
ARG PIP_EXTRA_INDEX_URL
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
RUN useradd --create-home storyloom && mkdir -p var && chown storyloom var
USER storyloom
ENV PYTHONUNBUFFERED=1 HF_HOME=/app/var/models
EXPOSE 8000
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
