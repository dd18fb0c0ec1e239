using Coinsphere.Messaging.Client.Bus;
using Coinsphere.Messaging.Client.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Client;

/// <summary>Registers an <see cref="IPredictionClient"/> with one call.</summary>
public static class PredictionClientServices
{
    /// <summary>
    /// Adds an <see cref="IPredictionClient"/>, an <see cref="IAlertClient"/> and an <see cref="ISystemClient"/> over HTTP.
    /// <c>ML_SERVICE_URL</c> and <c>ML_SERVICE_TIMEOUT</c> are read from the configuration or the
    /// environment; a wrong one stops the host at its start, with key and value in the message.
    /// </summary>
    /// <param name="services">The caller's services.</param>
    /// <param name="configure">Overrides configuration and environment.</param>
    /// <returns>The HTTP client's builder, for handlers of the caller's own.</returns>
    public static IHttpClientBuilder AddPredictionClient(this IServiceCollection services, Action<PredictionClientOptions>? configure = null)
    {
        services.AddClientOptions(configure);
        services.TryAddSingleton<EventStream>();
        services.TryAddTransient(provider => (IAlertClient)provider.GetRequiredService<IPredictionClient>());
        services.TryAddTransient(provider => (ISystemClient)provider.GetRequiredService<IPredictionClient>());
        return services.AddHttpClient<IPredictionClient, HttpPredictionClient>(HttpPredictionClient.Prepare);
    }

    /// <summary>
    /// Adds an <see cref="IPredictionClient"/> over the caller's own MassTransit bus. <c>ML_SERVICE_TIMEOUT</c> is read from the configuration or the
    /// environment. On RabbitMQ the bus should use <c>SetRabbitMqReplyToRequestClientFactory()</c>: with a reply queue of its own, a caller that dies
    /// would disturb the workers.
    /// </summary>
    /// <param name="services">The caller's services, to which <c>AddMassTransit</c> adds the bus.</param>
    /// <param name="configure">Overrides configuration and environment.</param>
    public static IServiceCollection AddPredictionBusClient(this IServiceCollection services, Action<PredictionClientOptions>? configure = null)
    {
        services.AddClientOptions(configure);
        services.TryAddSingleton<EventSubscription>();
        services.AddSingleton<IPredictionClient, BusPredictionClient>();
        return services;
    }

    private static void AddClientOptions(this IServiceCollection services, Action<PredictionClientOptions>? configure)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<PredictionClientOptions>, PredictionClientSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PredictionClientOptions>, PredictionClientSetup>());
        var options = services.AddOptions<PredictionClientOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }
    }
}
