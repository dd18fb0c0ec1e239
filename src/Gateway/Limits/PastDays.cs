using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>
/// How many answers about past days a caller may have in the cache. There are thousands of days of each symbol, and few are asked for twice. An answer is
/// given in any case.
/// </summary>
internal sealed class PastDays(IOptions<CacheOptions> options, TimeProvider time)
{
    // Half at once, and half while those are cached: together no more than the limit.
    private readonly Budgets _budgets = new(options.Value.MaxPastDays / 2.0, options.Value.MaxPastDays / 2.0 / options.Value.PastSeconds, time);

    /// <summary>Whether the answer to a message may stay in the cache.</summary>
    public bool MayStay(Caller caller, object message) => !IsPast(message) || (options.Value.MaxPastDays > 0 && _budgets.Take(caller, 1) is null);

    private static bool IsPast(object message) =>
        message is PredictRequested { AsOf: not null } or EnsemblePredictRequested { AsOf: not null } or RiskRequested { AsOf: not null };
}
