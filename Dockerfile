# docker build --target gateway . ; docker build --target worker . ; docker build --target dashboard . (the page) ; docker build --target cli . (the commands of ./run) ; docker build --target worker-torch . (with PyTorch's library, for linux-x64)
# Pin them by digest for what you deploy: --build-arg ASPNET=mcr.microsoft.com/dotnet/aspnet:10.0@sha256:... (docs/hardening.md).
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG ASPNET=mcr.microsoft.com/dotnet/aspnet:10.0

FROM $SDK AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src src
# Compiled ahead of time, they are ready sooner and as fast as ever once warm.
ARG READY="-c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true"
RUN dotnet publish src/Gateway $READY -o /out/gateway && dotnet publish src/Worker $READY -o /out/worker && dotnet publish src/Dashboard $READY -o /out/dashboard && dotnet publish src/Standalone $READY -o /out/cli

FROM build AS build-torch
RUN dotnet publish src/Torch -c Release -o /out/torch

FROM $ASPNET AS base
# The gateway listens where Gateway__Host and PORT say.
ENV ASPNETCORE_HTTP_PORTS=
WORKDIR /app

FROM base AS gateway
COPY --from=build /out/gateway .
ENV Gateway__Host=0.0.0.0 PORT=8000
USER $APP_UID
EXPOSE 8000
ENTRYPOINT ["dotnet", "Coinsphere.Messaging.Gateway.dll"]

# The page, a process of its own that asks the gateway at ML_SERVICE_URL.
FROM base AS dashboard
COPY --from=build /out/dashboard .
ENV Dashboard__Host=0.0.0.0 Dashboard__Port=8080
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "Coinsphere.Messaging.Dashboard.dll"]

FROM base AS worker
COPY --from=build /out/worker .
COPY models/checkpoints models/checkpoints
ENV Health__File=/tmp/healthy
USER $APP_UID
ENTRYPOINT ["dotnet", "Coinsphere.Messaging.Worker.dll"]

# The command line: docker run --rm IMAGE predict BTC. Without a command it serves, on loopback.
FROM base AS cli
COPY --from=build /out/cli .
COPY models/checkpoints models/checkpoints
USER $APP_UID
ENTRYPOINT ["dotnet", "Coinsphere.Messaging.Standalone.dll"]

FROM worker AS worker-torch
COPY --from=build-torch /out/torch torch
# Requests are computed side by side as it is.
ENV Models__Engine=torch OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
