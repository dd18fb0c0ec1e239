using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>Registers the result cache.</summary>
public static class CacheServices
{
    /// <summary>
    /// Binds <see cref="CacheOptions"/> and <see cref="RedisOptions"/>, and adds <see cref="IResultCache"/>: Redis where a server is configured, else
    /// none.
    /// </summary>
    public static IServiceCollection AddResultCache(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CacheOptions>().BindConfiguration("Cache").ValidateSection("Cache");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CacheOptions>, CacheOptionsValidator>());
        var redis = services.AddOptions<RedisOptions>().ValidateSection(RedisOptions.Section);
        // Without a server the other settings of Redis do not matter.
        if (IsRedisConfigured(configuration))
        {
            redis.BindConfiguration(RedisOptions.Section);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>());
        services.AddConditions();
        services.TryAddSingleton<RedisConnection>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RedisConnection>(provider => provider.GetRequiredService<RedisConnection>()));
        if (IsRedisConfigured(configuration))
        {
            services.TryAddSingleton<IResultCache, RedisResultCache>();
            services.AddSingleton<Func<ServerLogin?>>(provider => () => provider.GetRequiredService<IOptions<RedisOptions>>().Value.Login);
            services.TraceRedis();
        }
        else
        {
            services.TryAddSingleton<IResultCache, NoResultCache>();
        }

        return services;
    }

    // Once, also where gateway and worker share a process.
    private static void TraceRedis(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(IsTraced)))
        {
            return;
        }

        services.AddSingleton<IsTraced>();
        services.ConfigureOpenTelemetryTracerProvider(traces => traces
            .AddRedisInstrumentation(options => options.FlushInterval = TimeSpan.FromSeconds(1))
            .ConfigureRedisInstrumentation((provider, telemetry) => provider.GetRequiredService<RedisConnection>().TraceWith(telemetry)));
    }

    /// <summary>
    /// Adds the result cache of a gateway and a worker in one process: Redis where a server is configured, else memory. Call it before adding either
    /// of them.
    /// </summary>
    public static IServiceCollection AddResultCacheInMemory(this IServiceCollection services, IConfiguration configuration)
    {
        if (!IsRedisConfigured(configuration))
        {
            services.TryAddSingleton<IResultCache, MemoryResultCache>();
        }

        return services.AddResultCache(configuration);
    }

    private static bool IsRedisConfigured(IConfiguration configuration) =>
        new[] { nameof(RedisOptions.Host), nameof(RedisOptions.Endpoints) }.Any(
            key => !string.IsNullOrWhiteSpace(configuration[$"{RedisOptions.Section}:{key}"]));

    private sealed class IsTraced;
}
