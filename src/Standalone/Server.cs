using Coinsphere.Messaging.Gateway;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Standalone.Commands;
using Coinsphere.Messaging.Worker;

namespace Coinsphere.Messaging.Standalone;

/// <summary>Gateway and worker in one process, on a bus in memory.</summary>
internal static class Server
{
    /// <summary>The server, not yet started.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = HostRunner.Arguments(args), EnvironmentName = SpecifiedEnvironment.Name("Development") });
        builder.AddHostDefaults();
        builder.AddDefaultSettings(
            // A folder of prices that ends long ago should give answers here, not refusals.
            new("Prices:MaxAge", ""),
            // The pages of the specification's front end.
            new("Gateway:CorsOrigins", "http://localhost:5173,http://localhost:3001"));
        if (FeedFolder.IsNeeded(builder.Configuration))
        {
            builder.AddDefaultSettings(KeyValuePair.Create("Prices:Folder", (string?)FeedFolder.Default));
        }

        builder.Services.AddResultCacheInMemory(builder.Configuration);
        builder.AddTelemetry("coinsphere", hasMetricsEndpoint: true);
        builder.AddGateway();
        builder.AddWorker();
        builder.Services.AddInMemoryBus(bus =>
        {
            bus.RegisterGateway();
            bus.RegisterWorker();
        });

        var app = builder.Build();
        app.MapGateway();
        app.MapMetrics();
        return app;
    }
}
