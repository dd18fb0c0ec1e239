using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Streaming;

internal static class StreamingServices
{
    public static void AddStreaming(this IServiceCollection services)
    {
        services.AddOptions<StreamingOptions>().BindConfiguration(StreamingOptions.Section).ValidateSection(StreamingOptions.Section);
        services.AddSingleton<EventHub>();
        services.AddHostedService<StreamHeartbeats>();
        services.AddHostedService<EventLogReader>();
    }

    public static void RegisterLocalEvents(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<LocalEventsConsumer>(consumer => consumer.ConcurrentMessageLimit = 1)
            .Endpoint(endpoint => endpoint.ForThisProcess(ProcessEndpoints.Events));

    public static void MapStreaming(this IEndpointRouteBuilder routes)
    {
        routes.MapStreams();
        routes.MapTickets();
        routes.MapStreamSocket();
    }
}
