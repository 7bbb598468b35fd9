# Gatehouse in a container: only the files that it needs, and not as root. Node runs the TypeScript without a build.
#   docker build --tag gatehouse .
#   docker run --rm gatehouse config secret

FROM node:24.21.0-slim AS dependencies
WORKDIR /gatehouse
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24.21.0-slim
ENV NODE_ENV=production
WORKDIR /gatehouse
COPY --from=dependencies /gatehouse/node_modules ./node_modules
COPY package.json ./
COPY config ./config
COPY views ./views
COPY src ./src
# For a SQLite database (DATABASE_URL=sqlite:data/gatehouse.db): mount a volume here.
RUN mkdir data && chown node:node data && chmod 700 data
# Node's cache of compiled code, without which each start of a new container takes over a third more processor time. Node
# keeps one for each version and user: it is filled by the user who runs the server, with a server that ends at once.
ENV NODE_COMPILE_CACHE=/gatehouse/compile-cache
RUN mkdir compile-cache && chown node:node compile-cache
USER node
RUN : | NODE_ENV=test node src/cli/gatehouse.js test-server && node --eval "import('./src/storage/mongodb.ts')"
EXPOSE 3000
STOPSIGNAL SIGTERM
# Checks whether the process answers. A load balancer checks /readyz, which shows whether to send requests.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli/gatehouse.js"]
CMD ["serve"]
