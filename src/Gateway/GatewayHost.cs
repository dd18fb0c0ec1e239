using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Alerts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Backtests;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Limits;
using Coinsphere.Messaging.Gateway.Models;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Predictions;
using Coinsphere.Messaging.Gateway.Prices;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Gateway.Risk;
using Coinsphere.Messaging.Gateway.Streaming;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Clock;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway;

/// <summary>Adds the gateway to a host: a process of its own, or one together with a worker.</summary>
public static class GatewayHost
{
    private static readonly string[] Used =
    [
        Endpoints.Predict, Endpoints.PredictEnsemble, Endpoints.Risk, Endpoints.PortfolioRisk, Endpoints.Models, Endpoints.Prices, Endpoints.Records,
        Endpoints.Backtest, Endpoints.Alerts,
    ];

    /// <summary>Adds what the gateway needs, except its bus.</summary>
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSymbols();
        services.AddResultCache(builder.Configuration);
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section)
            .PostConfigure<IHostEnvironment>((options, environment) => options.ShowErrorDetails ??= environment.IsDevelopment())
            .ValidateSection(GatewayOptions.Section);
        builder.AddCallers();
        services.AddHttpContextAccessor();
        services.AddLimits();
        services.AddSingleton(new UsedEndpoints(Used));
        services.AddSingleton<WorkerClient>();
        services.AddSingleton<AnswerClient>();
        services.AddSingleton<LoadedModels>();
        services.AddSingleton<SystemReporter>();
        services.AddTally();
        services.AddSingleton<OwnMachine>();
        services.AddSenderClocks();
        services.AddStreaming();
        services.AddHostedService<OwnQuestion>();
        services.AddHostedService<WorkersWatch>();
        services.AddHealthChecks().AddCheck<RepliesCheck>("replies", tags: ["ready"]).AddCheck<WorkersCheck>("workers", tags: ["ready"]);
        services.AddOpenApiDocument();
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<GatewayOptions>>(AllowOrigins);
        builder.ListenWhereConfigured();
    }

    /// <summary>Adds the gateway's consumers to the bus.</summary>
    public static void RegisterGateway(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<ModelsReportedConsumer>().Endpoint(endpoint => endpoint.ForThisProcess(ProcessEndpoints.ModelsReported));

    /// <summary>Adds the gateway's consumers to a bus in memory, where a worker in the same process computes what is streamed.</summary>
    public static void RegisterGatewayInMemory(this IBusRegistrationConfigurator bus)
    {
        bus.RegisterGateway();
        bus.RegisterLocalEvents();
    }

    /// <summary>Maps every endpoint.</summary>
    public static void MapGateway(this WebApplication app)
    {
        app.UseRequestId();
        app.UseAllowedHosts();
        app.UseHeadAsGet();
        app.UseErrorPages(app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.ShowErrorDetails == true);
        app.UseTrustedProxies();
        app.UseStreamSockets();
        app.UseRouting();
        app.UseCors();
        app.UseCallers();
        app.UseRateLimits();
        app.MapServiceInfo();
        app.MapPredictions();
        app.MapRisk();
        app.MapModels();
        app.MapRecords();
        app.MapBacktests();
        app.MapPrices();
        app.MapStreaming();
        app.MapAlerts();
        app.MapHealth();
        app.MapOpenApiDocument();
    }

    private static void AllowOrigins(Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions cors, IOptions<GatewayOptions> options) =>
        cors.AddDefaultPolicy(policy => policy
            .WithOrigins(options.Value.Origins)
            .AllowAnyHeader()
            .AllowAnyMethod()
            .WithExposedHeaders(AnswerBody.CacheHeader, RequestId.Header, IgnoredFields.Header, "Retry-After"));

    private static void ListenWhereConfigured(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
        });
        if (!string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            return;
        }

        try
        {
            var options = builder.Configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
            builder.WebHost.UseUrls($"http://{options.Host}:{options.Port}");
        }
        catch (InvalidOperationException)
        {
            // A value of the wrong type. The options are validated before anything listens, together with all others.
        }
    }
}
