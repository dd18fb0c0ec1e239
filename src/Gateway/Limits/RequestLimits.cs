using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>Counts every request against its caller's rate, before anything is read of it. What workers do for it is counted when they are asked.</summary>
internal static class RequestLimits
{
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddOptions<LimitsOptions>().BindConfiguration(LimitsOptions.Section).ValidateSection(LimitsOptions.Section);
        services.AddSingleton<CallerAddresses>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<PastDays>();
        services.AddSingleton<WaitingShares>();
        return services;
    }

    public static void UseRateLimits(this WebApplication app)
    {
        var rates = app.Services.GetRequiredService<RateLimits>();
        app.Use((http, next) =>
            // A monitor must not be told that a process is dead.
            http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || rates.Take(http.Caller(), Costs.Hit) is not { } refusal
                ? next(http)
                : ((Problem)refusal).ExecuteAsync(http));
    }
}
