using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Registers the result cache.</summary>
public static class CacheServices
{
    /// <summary>Binds <see cref="CacheOptions"/> and adds <see cref="IResultCache"/>.</summary>
    public static IServiceCollection AddResultCache(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CacheOptions>().Bind(configuration.GetSection("Cache")).ValidateAnnotations("Cache");
        services.TryAddSingleton<IResultCache, MemoryResultCache>();
        return services;
    }
}
