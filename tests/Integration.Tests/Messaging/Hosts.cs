using Coinsphere.Messaging.Gateway;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>The real hosts in this process, on a broker.</summary>
internal static class Hosts
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>A worker on synthetic prices, or on those of a database, connected when this returns.</summary>
    public static async Task<IHost> StartWorkerAsync(
        this Broker broker,
        Action<IServiceCollection>? change = null,
        string? url = null,
        string? database = null,
        TimeProvider? time = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddHostDefaults();
        builder.Configuration["RabbitMq:Url"] = url ?? broker.Url(Broker.Worker);
        builder.Configuration["Models:Folder"] = Repository.Checkpoints;
        builder.Configuration["Schedule:Every"] = "";
        builder.Configuration["Prices:AllowSynthetic"] = "true";
        builder.Configuration["Prices:Database"] = database;
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.AddWorker();
        builder.Services.AddRabbitMqBus(builder.Configuration, bus => bus.RegisterWorker());
        Quiet(builder.Services, builder.Logging);
        change?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>A gateway on a free port, connected when this returns.</summary>
    public static async Task<WebApplication> StartGatewayAsync(this Broker broker, string? url = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddHostDefaults();
        builder.Configuration["RabbitMq:Url"] = url ?? broker.Url(Broker.Gateway);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.AddGateway();
        builder.Services.AddRabbitMqBus(builder.Configuration, bus => bus.RegisterGateway());
        Quiet(builder.Services, builder.Logging);
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync();
        return app;
    }

    /// <summary>A bus of a service that publishes, or with the rights of another user.</summary>
    public static Task<ServiceProvider> StartPublisherAsync(this Broker broker, string user = Broker.Publisher) =>
        broker.StartPublisherAsync(new Uri(broker.Url(user)));

    /// <inheritdoc cref="StartPublisherAsync(Broker, string)"/>
    public static async Task<ServiceProvider> StartPublisherAsync(this Broker _, Uri url)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["RabbitMq:Url"] = url.ToString() };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRabbitMqBus(configuration, _ => { });
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IBusControl>().StartAsync(StartLimit);
        return provider;
    }

    private static void Quiet(IServiceCollection services, ILoggingBuilder logging)
    {
        logging.ClearProviders();
        services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = true;
            options.StartTimeout = StartLimit;
        });
    }
}
