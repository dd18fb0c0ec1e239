using Coinsphere.Messaging.Dashboard;
using Coinsphere.Messaging.Gateway;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Standalone.Commands;
using Coinsphere.Messaging.Worker;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;

namespace Coinsphere.Messaging.Standalone;

/// <summary>Gateway, worker and page in one process, on a bus in memory.</summary>
internal static class Server
{
    /// <summary>The environment where none is configured: made-up prices are allowed.</summary>
    public const string DefaultEnvironment = "Development";

    /// <summary>The file of records where none is configured.</summary>
    public const string DefaultRecordsFile = "data/coinsphere.db";

    // What a server that runs for one question must not do: write, train, and change what others share.
    private static readonly KeyValuePair<string, string?>[] OnlyToAnswer =
    [
        new("Database:ReadOnly", "true"), new("Retraining:Role", "None"), new("Redis:Host", ""), new("Redis:Endpoints", ""),
        new("Telemetry:OtlpEndpoint", ""), new("Metrics:Port", "0"), new("Health:File", ""), new("Feed:Source", "None"),
        new("Schedule:Every", ""), new("Schedule:Cron", ""),
        // It listens on loopback, for this process.
        new("Auth:Required", "false"), new("Auth:KeysFile", ""), new("Auth:Jwt:Authority", ""), new("AllowedHosts", ""),
    ];

    /// <summary>The server, not yet started.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = Prepare(args);
        builder.AddStartSummary();
        builder.AddDashboard(OwnAddress.Of, services => services.GetRequiredService<OwnKey>().Text);
        var app = Map(builder);
        app.MapDashboard();
        return app;
    }

    /// <summary>A server that answers questions of this process only: on a free port of this machine, without a log, without changing anything.</summary>
    public static WebApplication BuildToAsk(string[] args)
    {
        var builder = Prepare(args, [.. OnlyToAnswer, new("urls", "http://127.0.0.1:0")]);
        builder.Logging.ClearProviders();
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        return Map(builder);
    }

    /// <summary>The builder with all services and settings.</summary>
    /// <param name="args">Settings as arguments, such as <c>--Prices:Folder=prices</c>.</param>
    /// <param name="overrides">Settings above all others.</param>
    /// <param name="environment">The host's environment; by default the configured one.</param>
    public static WebApplicationBuilder Prepare(string[] args, KeyValuePair<string, string?>[]? overrides = null, string? environment = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = HostRunner.Arguments(args), EnvironmentName = environment ?? SpecifiedEnvironment.Name(DefaultEnvironment) });
        if (overrides is not null)
        {
            builder.Configuration.AddInMemoryCollection(overrides);
        }

        builder.AddHostDefaults();
        builder.AddDefaultSettings(
            // A folder of prices that ends long ago should give answers here, not refusals.
            new("Prices:MaxAge", ""),
            // History and accuracy without a database server.
            new(RecordsOptions.FileKey, DefaultRecordsFile),
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
            bus.RegisterGatewayInMemory();
            bus.RegisterWorker();
        });
        return builder;
    }

    private static WebApplication Map(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.MapGateway();
        app.MapMetrics();
        return app;
    }
}
