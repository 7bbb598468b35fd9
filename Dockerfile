# Gatehouse in a container: what it runs with and nothing else, not as root. It runs its TypeScript as it is.
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
# For an embedded database (DATABASE_URL=sqlite:data/gatehouse.db), on a volume.
RUN mkdir data && chown node:node data && chmod 700 data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether the process answers. Whether it should be sent requests is /readyz, which is for the load balancer to ask.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli/gatehouse.js"]
CMD ["serve"]
