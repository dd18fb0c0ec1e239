using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Client.Bus.Topology;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>The bus of every host: RabbitMQ between processes, memory within one process.</summary>
public static class MessageBus
{
    // Work in progress ends well within this. The host waits a little longer than the bus.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(8);

    /// <summary>The queue argument that limits how often a message is delivered.</summary>
    public const string DeliveryLimit = "x-delivery-limit";

    /// <summary>The settings of a host with a broker.</summary>
    public static SettingSection Settings { get; } = new("RabbitMq", ["Url", "TlsAuthority"]);

    /// <summary>Adds the bus that joins gateways and workers over RabbitMQ (<c>RABBITMQ_URL</c>).</summary>
    /// <exception cref="InvalidOperationException">The URL is missing or not valid.</exception>
    public static IServiceCollection AddRabbitMqBus(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<IBusRegistrationConfigurator> register)
    {
        var url = RabbitMqUrl(configuration);
        var certificate = BrokerTls.Certificate(configuration, url);
        services.AddSingleton(Settings);
        services.AddConditions();
        services.AddSingleton<Func<ServerLogin?>>(() => Login(url));
        services.AddSingleton(new BrokerLogin(url, certificate));
        // Before the bus.
        services.AddHostedService(provider => provider.GetRequiredService<BrokerLogin>());
        return services.AddBus(bus =>
        {
            register(bus);
            // Replies come back on the channel of the request. With a reply queue of its own, a gateway that dies would close the channels of all
            // workers that still answer it.
            bus.SetRabbitMqReplyToRequestClientFactory();
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(url, host => host.Use(url, certificate));
                rabbit.UseSharedTopology(context.GetRequiredService<SharedTopology>());
                // Copied from the queue, these arguments would send messages that an error queue drops to the dead letters.
                rabbit.SendTopology.ConfigureErrorSettings = KeepForPeople;
                rabbit.SendTopology.ConfigureDeadLetterSettings = KeepForPeople;
                MessageBodies.Use(rabbit.AddDeserializer, takesPlainJson: true);
                rabbit.ConnectEndpointConfigurationObserver(new OwnEndpoints(context.GetRequiredService<ILogger<OwnEndpoints>>()));
                rabbit.UseFilter(new ReplyAddresses(context.GetRequiredService<ILogger<ReplyAddresses>>()));
                QuickReconnect.Apply(rabbit, context.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(QuickReconnect)));
                rabbit.ConfigureEndpoints(context);
            });
        });
    }

    /// <summary>Adds a bus within this process.</summary>
    public static IServiceCollection AddInMemoryBus(this IServiceCollection services, Action<IBusRegistrationConfigurator> register) =>
        services.AddBus(bus =>
        {
            register(bus);
            bus.UsingInMemory((context, memory) =>
            {
                MessageBodies.Use(memory.AddDeserializer, takesPlainJson: true);
                memory.ConnectEndpointConfigurationObserver(new OwnEndpoints(context.GetRequiredService<ILogger<OwnEndpoints>>()));
                memory.UseFilter(new ReplyAddresses(context.GetRequiredService<ILogger<ReplyAddresses>>()));
                memory.ConfigureEndpoints(context);
            });
        });

    private static IServiceCollection AddBus(this IServiceCollection services, Action<IBusRegistrationConfigurator> configure)
    {
        services.AddMassTransit(bus =>
        {
            // The library reports its usage to its makers by default. Users of this service have not agreed to that.
            bus.DisableUsageTelemetry();
            configure(bus);
            // A fault is sent only to a sender that waits. The error queue has message and reason.
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.PublishFaults = false);
            bus.AddConfigureEndpointsCallback((context, name, endpoint) => CountParked(context.GetRequiredService<Parkings>(), name, endpoint));
        });
        services.TryAddSingleton<Parkings>();
        // The library's own check fails where any endpoint fails. Each host has checks for what it needs of its bus.
        services.PostConfigure<HealthCheckServiceOptions>(
            checks => checks.Registrations.Where(check => check.Tags.Contains("masstransit")).ToList().ForEach(check => checks.Registrations.Remove(check)));
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.StopTimeout = DrainLimit;
            options.ConsumerStopTimeout = DrainLimit;
        });
        services.AddBrokerWatch();
        services.AddSingleton<SharedTopology>();
        services.AddSingleton(provider => new DefinitionsWatch(
            provider.GetRequiredService<IBusInstance>(), provider.GetRequiredService<SharedTopology>(), provider.GetRequiredService<Conditions>(),
            provider.GetServices<UsedEndpoints>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<DefinitionsWatch>());
        return services;
    }

    // A message that fails on a process's own endpoint is of no use later, so it is not moved to an error queue.
    private static void CountParked(Parkings parkings, string name, IReceiveEndpointConfigurator endpoint)
    {
        if (Endpoints.All.Contains(name))
        {
            endpoint.ConfigureError(pipe =>
            {
                pipe.UseFilter(new CountParked(name, parkings));
                // The library's own filter, which these would otherwise replace.
                pipe.UseFilter(new GenerateFaultFilter());
                pipe.UseFilter(new ErrorTransportFilter());
            });
        }
    }

    private static void KeepForPeople(IRabbitMqQueueConfigurator queue)
    {
        queue.SetQueueArgument("x-dead-letter-exchange", null!);
        queue.SetQueueArgument(DeliveryLimit, null!);
    }

    /// <summary>The login of a broker's URL; without one RabbitMQ's clients are its guest.</summary>
    public static ServerLogin Login(Uri url)
    {
        var user = url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        return user[0].Length == 0
            ? new("RabbitMq:Url (RABBITMQ_URL)", "the broker", url.Host, PublicPasswords.Guest, PublicPasswords.Guest)
            : new("RabbitMq:Url (RABBITMQ_URL)", "the broker", url.Host, user[0], user.ElementAtOrDefault(1));
    }

    /// <summary>The broker's URL (<c>RABBITMQ_URL</c>).</summary>
    /// <exception cref="InvalidOperationException">It is missing or not valid.</exception>
    public static Uri RabbitMqUrl(IConfiguration configuration)
    {
        var text = configuration["RabbitMq:Url"];
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new InvalidOperationException("RabbitMq:Url (RABBITMQ_URL) is missing: expected a URL such as amqp://user:password@host:5672/vhost");
        }
        // The URL may contain a password, so the message shows nothing of it.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "amqp" or "amqps" or "rabbitmq" or "rabbitmqs", Host.Length: > 0 }
            ? url
            : throw new InvalidOperationException("RabbitMq:Url (RABBITMQ_URL) is not a RabbitMQ URL: expected amqp://user:password@host:5672/vhost");
    }
}
