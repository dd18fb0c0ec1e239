using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>Registers the clocks of others.</summary>
public static class ClockServices
{
    /// <summary>Adds <see cref="SenderClocks"/> to a process that goes by its own clock.</summary>
    public static IServiceCollection AddSenderClocks(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SenderClocks(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Conditions>()));
        return services;
    }

    /// <summary>Makes the clock of this process follow the gateways'. Call it when the process's own <see cref="TimeProvider"/> is registered.</summary>
    public static IServiceCollection AddClusterClock(this IServiceCollection services)
    {
        var own = (TimeProvider)services.Last(service => service.ServiceType == typeof(TimeProvider)).ImplementationInstance!;
        var clock = new ClusterClock(own);
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);
        services.Replace(ServiceDescriptor.Singleton(provider => new SenderClocks(own, provider.GetRequiredService<Conditions>(), clock)));
        return services;
    }
}
