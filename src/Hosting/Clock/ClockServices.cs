using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>Registers the comparison with other processes' clocks.</summary>
public static class ClockServices
{
    /// <summary>Adds <see cref="SenderClocks"/> to a process that uses its own clock.</summary>
    public static IServiceCollection AddSenderClocks(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SenderClocks(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Conditions>()));
        return services;
    }

    /// <summary>Makes this process's clock follow the gateways'. Call it after the process's own <see cref="TimeProvider"/> is registered.</summary>
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
